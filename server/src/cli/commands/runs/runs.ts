import { type RunReply, type RunSummary, type StreamEvent } from '@heddle/core';
import type { Command } from 'commander';
import { answerLines } from './answer.js';
import { requestCancellation, followRunEvents, latestRuns, readRun } from '../../client/runs.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { onInterrupt, withClient } from '../context.js';
import { followRun, report } from './run.js';
import { showNodeProgress } from '../nodes/show-node-progress.js';
import type { JsonOption } from '../parse-argument.js';

/** `heddle runs`: lists the latest runs. */
export async function listRuns(options: JsonOption & { readonly limit: number }, command: Command): Promise<void> {
  const runs = await withClient(command, (client) => latestRuns(client, options.limit));
  if (options.json === true) printJson(runs);
  else print(...table([['id', 'status', 'accepted', 'took', 'workflow'], ...runs.map(runRow)]));
}

/** `heddle runs show`: shows a run and its nodes. */
export async function showRun(id: string, options: JsonOption, command: Command): Promise<void> {
  const reply = await withClient(command, (client) => readRun(client, id));
  if (options.json === true) printJson(reply);
  else printRun(reply);
}

/** `heddle runs watch`: follows a run; with `--json` it prints the whole run at the end. Ctrl+C stops watching; the run goes on. */
export async function watchRun(id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    const reply = await readRun(client, id);
    const showEvents = (events: readonly StreamEvent[]): void =>
      options.json === true ? showNodeProgress(events) : printEvents(events);
    const end = await new Promise<'ended' | 'stopped'>((resolve, reject) => {
      const watching = onInterrupt(
        () => resolve('stopped'),
        () => followRunEvents(client, reply.runId, showEvents),
      );
      watching.then(() => resolve('ended'), reject);
    });
    if (end === 'stopped') {
      printToStderr('Stopped watching; the run goes on.');
      return;
    }
    report(await readRun(client, id), options.json === true);
  });
}

/** `heddle runs cancel`. */
export async function cancelRun(id: string, options: JsonOption, command: Command): Promise<void> {
  const summary = await withClient(command, (client) => requestCancellation(client, id));
  if (options.json === true) printJson(summary);
  else print(`${summary.runId}: ${summary.status === 'cancelled' ? 'cancelled' : 'cancellation was requested'}`);
}

/** `heddle runs resume`: starts a new run that continues a failed one, and follows it. */
export async function resumeRun(id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    const { runId } = await client.api.POST('/api/runs/{id}/resume', { params: { path: { id } } });
    printToStderr(`Run ${runId} goes on from ${id}.`);
    report(await followRun(client, runId, showNodeProgress), options.json === true);
  });
}

function runRow(run: RunSummary): string[] {
  const took = run.startedAt === undefined || run.endedAt === undefined ? '' : `${run.endedAt - run.startedAt} ms`;
  return [run.runId, run.status, new Date(run.acceptedAt).toISOString(), took, run.workflowName];
}

function printRun(reply: RunReply): void {
  print(`${reply.runId}  ${reply.status}  ${reply.summary.workflowName}`, '');
  const rows = Object.values(reply.nodes).map((node) => [
    node.path,
    node.status,
    node.ms === undefined ? '' : `${node.ms} ms`,
    node.error?.message ?? node.decision?.summary ?? '',
  ]);
  print(...table([['node', 'status', 'took', ''], ...rows]), '', ...answerLines(reply.outputs));
  if (reply.error !== undefined) printToStderr(`${reply.error.message} (${reply.error.code})`);
}

function printEvents(events: readonly StreamEvent[]): void {
  for (const event of events) {
    if (event.type === 'node-delta' || event.type === 'node-snapshot' || event.type === 'node-beat') continue;
    const location = 'path' in event ? event.path : '';
    const more = 'error' in event && event.error !== undefined ? `: ${event.error.message}` : '';
    print(`${new Date(event.time).toISOString()}  ${event.type.padEnd(14)} ${location}${more}`);
  }
}

import { HeddleError, parseDocument, type RunReply, type WorkflowDocument } from '@heddle/core';
import type { Command } from 'commander';
import { answerLines, createStreamPrinter, outputStreams } from './answer.js';
import type { Caller } from '../../client/http-call.js';
import { requestCancellation, followRunEvents, readRun, startRun, type RunTarget } from '../../client/runs.js';
import { endProgress, print, printJson, printToStderr } from '../../output.js';
import { readInputs } from '../../read-inputs.js';
import { findWorkflowFile, readWorkflowFile } from '../../workflow-files.js';
import { onInterrupt, withClient } from '../context.js';
import { showNodeProgress } from '../nodes/show-node-progress.js';

interface RunCommandOptions {
  readonly input: readonly string[];
  readonly stream?: true;
  readonly json?: true;
}

/** `heddle run`: runs a workflow to its end and prints its outputs. Ctrl+C cancels the run. */
export async function run(workflow: string, options: RunCommandOptions, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    const { target, document } = await requireTarget(client, workflow);
    const { interface: planInterface, ports } = await client.api.POST('/api/compile', { body: { document } });
    const inputs = await readInputs(options.input, planInterface.inputs, client);
    const runId = await startRun(client, target, inputs);
    const printer = createStreamPrinter(outputStreams(document, ports), (text) =>
      (options.json === true ? process.stderr : process.stdout).write(text),
    );
    const reply = await followRun(client, runId, (events) =>
      options.stream === true ? printer.print(events) : showNodeProgress(events),
    );
    if (options.stream === true && printer.written.size > 0 && options.json !== true) print('');
    report(reply, options.json === true, printer.written);
  });
}

/** Follows a run to its end. Ctrl+C cancels the run. */
export async function followRun(
  client: Caller,
  runId: string,
  onEvents: Parameters<typeof followRunEvents>[2],
): Promise<RunReply> {
  const cancel = (): void => {
    printToStderr('', 'Cancelling the run…');
    requestCancellation(client, runId).catch((error: unknown) => printToStderr(String(error)));
  };
  await onInterrupt(cancel, () => followRunEvents(client, runId, onEvents));
  endProgress();
  return readRun(client, runId);
}

/** Prints how a run ended. The command fails unless the run is done. */
export function report(reply: RunReply, isJson: boolean, streamed?: ReadonlyMap<string, string>): void {
  if (isJson) printJson(reply);
  else if (reply.status === 'done') print(...answerLines(reply.outputs, streamed));
  if (reply.status === 'done') return;
  process.exitCode = 1;
  if (reply.error !== undefined)
    printToStderr(
      `heddle: ${reply.error.message}`,
      `        (${reply.error.code}${reply.error.path === undefined ? '' : ` at ${reply.error.path}`})`,
    );
  if (reply.status === 'suspended')
    printToStderr(`The run waits for a person: answer it in the inbox, or see heddle inbox list --run ${reply.runId}`);
  else
    printToStderr(
      `The run ${reply.runId} ${reply.status === 'cancelled' ? 'was cancelled' : `has ${reply.status}`}: heddle runs resume ${reply.runId} goes on from there.`,
    );
}

async function requireTarget(
  client: Caller,
  workflow: string,
): Promise<{ readonly target: RunTarget; readonly document: WorkflowDocument }> {
  if ((await findWorkflowFile(workflow)) !== undefined) {
    const document = parseDocument(await readWorkflowFile(workflow));
    return { target: { document }, document };
  }
  try {
    return {
      target: { workflow },
      document: (await client.api.GET('/api/workflows/{id}', { params: { path: { id: workflow } } })).document,
    };
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'workflow_not_found') throw error;
    throw new HeddleError(
      'workflow_not_found',
      `There is no file and no stored workflow '${workflow}': name a workflow file, or a slug that heddle export lists.`,
      { cause: error, details: { workflow } },
    );
  }
}

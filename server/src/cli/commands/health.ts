import { HealthReply } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson } from '../output.js';
import { withClient } from './context.js';

/** `heddle health`: shows what works, what waits and why. Exit code 1 if something needs attention. */
export async function health(options: { readonly json?: true }, command: Command): Promise<void> {
  const found = await withClient(command, ({ api }) => api.GET('/api/health'));
  if (options.json === true) printJson(found);
  else print(...linesOf(found));
  if (found.status !== 'ok') process.exitCode = 1;
}

function linesOf(found: HealthReply): string[] {
  const {
    status,
    storage,
    queue,
    runs,
    waiting,
    stuck,
    memoryMb,
    pid,
    secretsWithoutHost = [],
    testsWithoutFixtures = [],
    clock,
  } = found;
  const head = `${status === 'ok' ? 'Healthy' : 'Needs attention'}: ${runs.running} running, ${runs.queued} queued, ${runs.suspended} suspended (process ${pid}, ${memoryMb} MB).`;
  const store = storage.error === undefined ? [] : [`The data folder: ${storage.error.message}`];
  const hints = queue?.error === undefined ? [] : [`Hints and live text: ${queue.error.message}`];
  const time = clock?.message === undefined ? [] : [clock.message];
  const shown = waiting.slice(0, 20).map(lineOf);
  const more = waiting.length > shown.length ? [`and ${waiting.length - shown.length} more`] : [];
  const names = secretsWithoutHost.map(({ name }) => name).join(', ');
  const hosts = names === '' ? [] : [`Secrets that need a host: ${names}`];
  const tests = testsWithoutFixtures.map(
    ({ workflow, nodes }) =>
      `Tests of ${workflow} have no recorded result of ${nodes.join(', ')}: heddle test ${workflow} --record records one.`,
  );
  return [
    head,
    ...store,
    ...hints,
    ...time,
    ...hosts,
    ...tests,
    ...(stuck === 0 ? [] : [`${stuck} stuck:`]),
    ...shown,
    ...more,
  ];
}

function lineOf(entry: HealthReply['waiting'][number]): string {
  const { workflowName, runId, path, isStuck, error } = entry;
  const where = `${workflowName} ${runId}${path === undefined ? '' : ` at ${path}`}`;
  return `${isStuck ? '!' : ' '} ${where}: ${textOf(entry)}${error === undefined ? '' : ` (${error.message})`}`;
}

function textOf({ reason, position, limit, until, silentSeconds }: HealthReply['waiting'][number]): string {
  const at = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
  switch (reason) {
    case 'place':
      return `waits for a slot among the working runs${position === undefined ? '' : `, number ${position}`}`;
    case 'slot':
      return `waits for a slot of ${limit ?? 'a limit'}`;
    case 'person':
      return `waits for a person${at}`;
    case 'timer':
      return `waits${at}`;
    case 'retry':
      return `tries again${at}`;
    case 'silent':
      return `silent for ${Math.round(silentSeconds ?? 0)} s`;
    case 'store':
      return 'waits for the data folder';
    case 'owner':
      return 'has no process; a server takes it over when it starts';
  }
}

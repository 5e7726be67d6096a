import {
  HeddleError,
  isPlainObject,
  type ReplayReply,
  type ReplayRow,
  type RunStatus,
  type VariantComparison,
} from '@heddle/core';
import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import type { Client } from '../../client/http-call.js';
import { junitXml } from './junit.js';
import { endProgress, print, printJson, showProgress, table } from '../../output.js';
import { readTime } from '../../read-time.js';
import { timeOf } from '../channels/channels.js';
import { withClient } from '../context.js';
import type { JsonOption } from '../parse-argument.js';

interface ReplayOptions extends JsonOption {
  readonly runs: number;
  readonly since?: string;
  readonly status?: string;
  readonly search?: string;
  readonly recordedVersion?: number;
  readonly label?: 'public' | 'internal' | 'confidential' | 'restricted';
  readonly of?: number;
  readonly models: boolean;
  readonly stub: readonly string[];
  readonly ask?: true;
  readonly budget?: number;
  readonly maxChanged?: number;
  readonly junit?: string;
}

const pollMs = 200;

/** `heddle replay`: exit code 1 if the draft does not pass. */
export async function startReplay(workflow: string, options: ReplayOptions, command: Command): Promise<void> {
  const body = requestOf(workflow, options);
  const { replay, rows } = await withClient(command, async (client) => {
    const { id } = await client.api.POST('/api/replays', { body });
    return { replay: await waitForReplay(client, id), rows: await allRows(client, id) };
  });
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(replay, rows));
  if (options.json === true) printJson({ ...replay, rowsOf: rows });
  else print(...linesOf(replay, rows));
  if (replay.problems === undefined || replay.problems.length > 0) process.exitCode = 1;
}

/** `heddle replays`. */
export async function listReplays(
  { json, workflow }: JsonOption & { readonly workflow?: string },
  command: Command,
): Promise<void> {
  const { replays } = await withClient(command, ({ api }) =>
    api.GET('/api/replays', { params: { query: { workflow } } }),
  );
  if (json === true) printJson(replays);
  else if (replays.length === 0) print('There is no replay: heddle replay WORKFLOW starts one.');
  else
    print(
      ...table([
        ['id', 'workflow', 'state', 'rows', 'changed', 'regressions', 'started'],
        ...replays.map(({ id, workflowName, state, rows, createdAt }) => [
          ...[id, workflowName, state, String(rows.total), String(rows.changed)],
          ...[String(rows.regressions), timeOf(createdAt)],
        ]),
      ]),
    );
}

function requestOf(workflow: string, options: ReplayOptions) {
  const { runs: limit, since, status, search, recordedVersion, label, of, models, budget, maxChanged } = options;
  const filter = {
    limit,
    search,
    label,
    since: sinceOf(since),
    version: recordedVersion,
    status: status === undefined ? undefined : [statusOf(status)],
  };
  const unrecorded = options.ask === true ? 'ask' : 'stop';
  const stubs = Object.fromEntries(options.stub.map(stubOf));
  return { workflow, version: of, filter, models, budget, maxChanged, unrecorded, stubs } as const;
}

/** Parses a duration before now, such as `7d`, or a day. */
function sinceOf(text: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d{1,4})([dh])$/.exec(text ?? '') ?? [];
  if (amount === undefined) return readTime(text, '--since');
  return Date.now() - Number(amount) * (unit === 'd' ? 86_400_000 : 3_600_000);
}

function statusOf(text: string): Extract<RunStatus, 'done' | 'failed'> {
  if (text === 'done' || text === 'failed') return text;
  throw new HeddleError('usage', `--status takes done or failed: '${text.slice(0, 40)}' is neither.`);
}

function stubOf(text: string): [string, Record<string, unknown>] {
  const [node = '', ...rest] = text.split('=');
  try {
    const outputs: unknown = JSON.parse(rest.join('='));
    if (isPlainObject(outputs)) return [node, { ...outputs }];
  } catch {
    // The error below says which format is expected.
  }
  throw new HeddleError('usage', `--stub takes NODE={"output": value}, not '${text.slice(0, 80)}'.`);
}

async function waitForReplay({ api }: Client, id: string): Promise<ReplayReply> {
  for (;;) {
    const replay = await api.GET('/api/replays/{id}', { params: { path: { id } } });
    const { total, waiting, running } = replay.rows;
    showProgress(`${total - waiting - running} of ${total} runs`);
    if (replay.state !== 'running') {
      endProgress();
      return replay;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function allRows({ api }: Client, id: string): Promise<ReplayRow[]> {
  const rows: ReplayRow[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: { readonly rows: readonly ReplayRow[]; readonly next?: number | undefined } = await api.GET(
      '/api/replays/{id}/rows',
      { params: { path: { id }, query: { after, limit: 1_000 } } },
    );
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

function linesOf(replay: ReplayReply, rows: readonly ReplayRow[]): string[] {
  const { effects, rows: counts, problems = ['It was cancelled.'], table: compared } = replay;
  const changed = rows.filter(({ status }) => status !== 'same');
  return [
    `${replay.workflowName}: ${counts.total} runs, ${counts.same} the same, ${counts.changed} changed, ${counts.wouldCall} would call, ${counts.failed} failed, ${counts.leftOut} left out.`,
    `Effects: ${effects.sent} sent, ${effects.served} served, ${effects.stubbed} stubbed, ${effects.heldBack} held back, ${effects.wouldCall} would call. ${effects.modelCalls} model calls.`,
    ...(compared?.comparisons ?? []).flatMap(comparisonLine),
    ...changed.slice(0, 20).map(rowLine),
    ...(changed.length > 20 ? [`… and ${changed.length - 20} more: heddle replay --json has all.`] : []),
    ...(problems.length === 0 ? ['✓ passed'] : problems.map((problem) => `✗ ${problem}`)),
  ];
}

function comparisonLine({ metric, difference, interval, verdict, rows }: VariantComparison): string[] {
  if (difference === undefined || rows === 0) return [];
  const range = interval === undefined ? '' : ` (95 %: ${figure(interval.low)} to ${figure(interval.high)})`;
  return [`  ${metric}: ${figure(difference)}${range}, ${verdict}`];
}

const figure = (value: number): string => `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`;

function rowLine({ number, recorded, run, status, why }: ReplayRow): string {
  return `  ${String(number).padStart(4)}  ${status.padEnd(10)}  ${recorded} → ${run ?? '-'}${why === undefined ? '' : `  ${why}`}`;
}

function junitOf({ workflowName, problems = [] }: ReplayReply, rows: readonly ReplayRow[]): string {
  const cases = rows.map(({ recorded, status, isRegression, why, after }) => ({
    name: `run ${recorded}`,
    ms: after?.ms ?? 0,
    failures: isRegression || status === 'left-out' ? [`${status}${why === undefined ? '' : `: ${why}`}`] : [],
  }));
  const whole = { name: 'the draft passes', ms: 0, failures: problems };
  return junitXml(`replay of ${workflowName}`, [whole, ...cases]);
}

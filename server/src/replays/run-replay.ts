import type { ReplayStore } from '@heddle/adapters/replays';
import { inSlices } from '@heddle/adapters/event-loop';
import type { IdentityStores } from '@heddle/adapters/identity';
import { isDone } from '@heddle/adapters/stores';
import {
  addReplayCounts,
  authorise,
  HeddleError,
  isTerminal,
  noReplayCounts,
  toHeddleError,
  type Audit,
  type Clock,
  type IdempotencyKeys,
  type Journal,
  type PlanBundle,
  type ReplayCounts,
  type ReplayRow,
  type ReplayRowCounts,
  type StartReplayRequest,
  type Tables,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { principalById } from '../auth/rights/principals.js';
import { pause } from '../common/pause.js';
import type { JobWork } from '../jobs/job.service.js';
import type { RunService } from '../runs/run.service.js';
import { isTemporary } from '../channels/is-temporary.js';
import { endOfRow } from './end-row.js';
import { problemsOf, tableOfReplay } from './result-of-replay.js';

export interface ReplayRunning {
  readonly store: ReplayStore;
  readonly tables: Pick<Tables, 'note'>;
  readonly runs: Pick<RunService, 'replay' | 'settled' | 'cancel'>;
  readonly journal: Journal;
  readonly idempotency: IdempotencyKeys;
  readonly ownership: Ownership;
  readonly identity: IdentityStores;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** The stored request of a replay, as its job reads it. */
export interface OpenReplay {
  readonly id: string;
  readonly workflow: string;
  readonly who: string;
  readonly project: string;
  readonly request: StartReplayRequest;
  readonly bundle: PlanBundle;
  readonly hash: string;
}

/** Milliseconds before a row is tried again after a temporary error, such as `busy`. */
const againMs = 500;
const allRows = 10_000;

/** Replays the rows, several at a time, until none is waiting or running. Also takes over the rows that an earlier process left running. */
export async function runReplay(
  replay: OpenReplay,
  running: ReplayRunning,
  { signal, report }: JobWork,
): Promise<object> {
  const { store, tables } = running;
  const { id, request } = replay;
  const working = new Map<number, Promise<void>>();
  const workOn = async (row: ReplayRow): Promise<void> => {
    try {
      await replayRow(replay, row, running, signal);
    } finally {
      const counts = await store.counts(id);
      working.delete(row.number);
      report({ ...counts, done: counts.total - counts.waiting - counts.running });
    }
  };
  const work = (row: ReplayRow): void => void working.set(row.number, workOn(row));
  for (const row of await store.rows(id, { status: ['running'], limit: allRows })) work(row);
  while (!signal.aborted) {
    if (await isSpent(replay, running))
      await tables.note([store.write.leaveOut(id, `The replay has used its budget of $${request.budget}.`)]);
    // Taken before the rows are read: a row that ends during the read may still be listed as waiting.
    const before = new Set(working.keys());
    const free = request.concurrency - before.size;
    const next = free > 0 ? await store.rows(id, { status: ['waiting'], limit: request.concurrency * 2 }) : [];
    for (const row of next.filter(({ number }) => !before.has(number)).slice(0, free)) work(row);
    if (working.size === 0 && before.size === 0) break;
    if (working.size > 0) await Promise.race(working.values());
  }
  signal.throwIfAborted();
  return endReplay(replay, running);
}

/** Compares the budget with the cost of the model calls of the replays; reused results cost nothing. */
async function isSpent({ id, request: { budget } }: OpenReplay, { store }: ReplayRunning): Promise<boolean> {
  return budget !== undefined && (await store.spent(id)) >= budget;
}

async function replayRow(
  replay: OpenReplay,
  row: ReplayRow,
  running: ReplayRunning,
  signal: AbortSignal,
): Promise<void> {
  const { store, runs, journal, clock } = running;
  const { id } = replay;
  let run = row.run;
  let why: string | undefined;
  // Repeated until the end of the row is stored: only waiting rows are read again, so nobody else would finish this one.
  do {
    try {
      if (why !== undefined) {
        await store.endRow(id, row.number, { status: 'left-out', isRegression: false, why });
        return;
      }
      if (run === undefined) {
        const started = await startRow(replay, row, running);
        await store.begin(id, row.number, started);
        run = started;
      }
      await runs.settled(run, signal);
      const end = await endOfRow(journal, row.recorded, run);
      await store.endRow(id, row.number, { ...end, spent: (await journal.summary(run)).cost });
      return;
    } catch (thrown) {
      // An error while the process stops says nothing about the row.
      if (signal.aborted) return;
      const error = toHeddleError(thrown);
      if (isTemporary(error)) await pause(clock, againMs, signal);
      else why = `${error.code}: ${error.message}`;
    }
  } while ((run !== undefined || why !== undefined) && !signal.aborted);
}

/** Starts the run of a row, or finds the run that an earlier process started for it. Errors: those of a start, `forbidden`. */
async function startRow(replay: OpenReplay, { number, recorded }: ReplayRow, running: ReplayRunning): Promise<string> {
  const { runs, idempotency, ownership, identity, clock } = running;
  const key = { scope: `replay:${replay.id}`, key: String(number), requestHash: replay.hash };
  const known = await idempotency.find(key.scope, key.key);
  if (known !== undefined) return known.runId;
  // Read again, because rights can have changed since the replay was started.
  const principal = await principalById(identity, replay.who);
  const resource = await ownership.resourceOf('run', recorded, principal);
  if (authorise(principal, 'run:values', resource, clock.now()) !== 'allowed')
    throw new HeddleError('forbidden', `'${principal.name}' may not read run ${recorded} any more.`);
  const { unrecorded, stubs, models } = replay.request;
  const { runId } = await runs.replay({
    mode: { of: recorded, job: replay.id, unrecorded, stubs, models },
    bundle: replay.bundle,
    workflowId: replay.workflow,
    caller: { principal: replay.who, project: replay.project, channel: 'replay' },
    idempotency: key,
  });
  return runId;
}

/** Stores the result together with its audit event, which counts the effects in the journals of the replays. */
async function endReplay(replay: OpenReplay, { store, audit, clock }: ReplayRunning): Promise<object> {
  const { id, request, workflow, who, project } = replay;
  const rows = await store.rows(id, { limit: allRows });
  const counts = await store.counts(id);
  const { effects, ...result } = await resultOf(request, rows, counts);
  const details = { step: 'ended', workflow, rows: counts.total, ...effects } as const;
  const end = store.write.end(id, 'done', JSON.stringify({ ...result, effects }), clock.now());
  // If the replay was cancelled in the meantime, it stays cancelled.
  await isDone(audit.commit({ kind: 'replay', who, project, subject: `replay:${id}`, details }, [end]));
  return counts;
}

/** Builds the result of a replay: counts of effects, the table, and the reasons why the draft does not pass. */
async function resultOf(request: StartReplayRequest, rows: readonly ReplayRow[], counts: ReplayRowCounts) {
  const effects = effectsOf(rows);
  return { effects, table: await inSlices(tableOfReplay(rows)), problems: problemsOf(request, counts, effects.sent) };
}

/** Updates rows that waited for a person and whose runs have ended since. */
export async function takeAnswered(
  { id, request }: Pick<OpenReplay, 'id' | 'request'>,
  { store, journal }: Pick<ReplayRunning, 'store' | 'journal'>,
): Promise<void> {
  let isChanged = false;
  for (const { number, recorded, run } of await store.rows(id, { status: ['suspended'], limit: allRows })) {
    if (run === undefined) continue;
    const { status, cost } = await journal.summary(run);
    if (!isTerminal(status)) continue;
    await store.endRow(id, number, { ...(await endOfRow(journal, recorded, run)), spent: cost });
    isChanged = true;
  }
  if (!isChanged) return;
  const rows = await store.rows(id, { limit: allRows });
  await store.setResult(id, JSON.stringify(await resultOf(request, rows, await store.counts(id))));
}

/** Adds up the effects of all rows. */
export const effectsOf = (rows: readonly ReplayRow[]): ReplayCounts =>
  rows.reduce((sum, { effects }) => (effects === undefined ? sum : addReplayCounts(sum, effects)), noReplayCounts);

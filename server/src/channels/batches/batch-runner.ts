import {
  batchScope,
  rowKey,
  type BatchStore,
  type StoredBatch,
  type WaitingRow,
  type Why,
} from '@heddle/adapters/channels';
import type { IdentityStores } from '@heddle/adapters/identity';
import { BatchConfig, toHeddleError, type Audit, type Clock, type HeddleError } from '@heddle/core';
import { principalById } from '../../auth/principals.js';
import { pause } from '../../common/pause.js';
import type { JobWork } from '../../jobs/job.service.js';
import type { PublishedRuns } from '../../publishing/published-runs.js';
import type { RunService } from '../../runs/run.service.js';
import type { TellTriggers } from '../tell-triggers.js';
import { whyPaused } from './why-paused.js';

export interface RunnerParts {
  readonly store: BatchStore;
  readonly published: PublishedRuns;
  readonly runs: RunService;
  readonly identity: IdentityStores;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly tell: TellTriggers;
}

/** After what passes (busy, a kill switch) the row is tried again. */
const againMs = 1_000;
const passing: ReadonlySet<string> = new Set([
  'busy',
  'shutting_down',
  'kill_switch',
  'too_many_requests',
  'storage_full',
  'storage_locked',
  'storage_read_only',
  'storage_failed',
]);
const most = 1_000;
const countEveryMs = 200;

/**
 * Works on the rows of a batch, so many at a time, until none waits and none runs. A row that waits for a person gives its place to
 * the next. Stopped in the middle, what runs runs on, and the rest waits for who goes on. So it is where it pauses by itself: its money
 * is spent, or its workflow cannot be run any more.
 */
export async function runBatch(
  batch: StoredBatch,
  parts: RunnerParts,
  { signal, report, tell }: Pick<JobWork, 'signal' | 'report'> & { readonly tell: () => void },
): Promise<object> {
  const { store } = parts;
  const { concurrency, budget } = BatchConfig.parse(batch.body);
  const working = new Map<number, Promise<void>>();
  // Rows are counted when somebody is told: of 100,000 rows each end would count all of them.
  let countedAt = -Infinity;
  const tellCounts = (): void => {
    tell();
    if (Math.abs(parts.clock.now() - countedAt) < countEveryMs) return;
    countedAt = parts.clock.now();
    const counts = ifReadable(() => store.counts(batch.id));
    if (counts !== undefined) report({ ...counts });
  };
  const work = (number: number, doing: Promise<void>): void => {
    const done = doing.finally(() => {
      working.delete(number);
      tellCounts();
    });
    working.set(number, done);
  };
  // What a process before this one began goes on by itself and has a place here.
  for (const { number, runId } of store.rows(batch.id, 0, 'running', most))
    if (runId !== undefined) work(number, settled(parts, runId, signal));
  tellCounts();
  while (!signal.aborted) {
    const next = await whenItWorks(parts.clock, signal, () => {
      const isSpent = budget !== undefined && store.cost(batch.id) >= budget;
      const isGoing = store.get(batch.id).state === 'going';
      const free = isSpent || !isGoing ? 0 : concurrency - working.size;
      return free > 0
        ? store
            .waiting(batch.id, concurrency * 2)
            .filter(({ number }) => !working.has(number))
            .slice(0, free)
        : [];
    });
    for (const row of next) work(row.number, runRow(batch, row, parts, signal));
    if (working.size === 0) break;
    await Promise.race(working.values());
  }
  signal.throwIfAborted();
  return whenItWorks(parts.clock, signal, async () => {
    const counts = store.counts(batch.id);
    if (budget !== undefined && counts.waiting > 0 && store.cost(batch.id) >= budget)
      await pauseFor(batch, spent(budget), parts);
    tell();
    return counts;
  });
}

/** What runs has ended, and the rest would cost more than it may. */
const spent = (budget: number): Why => ({
  code: 'budget_exceeded',
  message: `Its runs have cost the $${budget} that they may: give it more money to go on.`,
});

/** Pauses it by itself; one that does not go on any more stays as people want it. */
async function pauseFor({ id, workflowId }: StoredBatch, why: Why, { audit, store }: RunnerParts): Promise<void> {
  if (store.get(id).state !== 'going') return;
  const details = { step: 'batch paused', batch: id, code: why.code, reason: why.message };
  const entry = { act: 'job', who: 'heddle', subject: `workflow:${workflowId}`, isAllowed: true, details } as const;
  await audit.write([entry], () => {
    if (store.get(id).state === 'going') store.setState(id, 'paused', why);
  });
}

async function runRow(batch: StoredBatch, row: WaitingRow, parts: RunnerParts, signal: AbortSignal): Promise<void> {
  const { version } = BatchConfig.parse(batch.body);
  try {
    const { runId } = await parts.published.start({
      slug: batch.workflowId,
      ...(version === undefined ? {} : { version }),
      inputs: row.inputs,
      principal: principalById(parts.identity, batch.owner),
      channel: 'batch',
      subject: `batch:${batch.id}`,
      idempotencyKey: rowKey(row),
      idempotencyScope: batchScope(batch.id),
    });
    await settled(parts, runId, signal);
  } catch (thrown) {
    // Whatever breaks while the process goes away says nothing about the row.
    if (signal.aborted) return;
    const error = toHeddleError(thrown);
    const why = whyPaused(error);
    const isSettled = why === undefined ? isRefused(batch, row, parts, error) : await hasPaused(batch, why, parts);
    if (!isSettled) await pause(parts.clock, againMs, signal);
  }
}

/** False while the store has a fault that may pass. */
async function hasPaused(batch: StoredBatch, why: Why, parts: RunnerParts): Promise<boolean> {
  try {
    await pauseFor(batch, why, parts);
    return true;
  } catch (thrown) {
    if (!passing.has(toHeddleError(thrown).code)) throw thrown;
    return false;
  }
}

/** Writes down what no further try can change. A batch that does not go on has said nothing about the row, and neither has the store. */
function isRefused(batch: StoredBatch, row: WaitingRow, { store }: RunnerParts, error: HeddleError): boolean {
  if (passing.has(error.code)) return false;
  return (
    ifReadable(() => {
      if (store.get(batch.id).state !== 'going') return false;
      store.refuse(batch.id, row.number, error);
      return true;
    }) ?? false
  );
}

/** Works with the store, however long it has a fault. */
async function whenItWorks<T>(clock: Clock, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!passing.has(toHeddleError(thrown).code)) throw thrown;
      await pause(clock, againMs, signal);
      signal.throwIfAborted();
    }
  }
}

/** Undefined while the store has a fault that may pass. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (!passing.has(toHeddleError(thrown).code)) throw thrown;
    return undefined;
  }
}

/** Until the run has ended, waits for a person, or goes on in another process. */
async function settled({ runs }: RunnerParts, runId: string, signal: AbortSignal): Promise<void> {
  await runs.settled(runId, signal).catch(() => undefined);
}

import {
  batchScope,
  rowKey,
  type BatchStore,
  type StoredBatch,
  type WaitingRow,
  type Why,
} from '@heddle/adapters/channels';
import { isDone } from '@heddle/adapters/database';
import type { IdentityStores } from '@heddle/adapters/identity';
import { BatchConfig, toHeddleError, type Audit, type Clock, type HeddleError } from '@heddle/core';
import { principalById } from '../../auth/rights/principals.js';
import { createBell } from '../../common/bell.js';
import { pause } from '../../common/pause.js';
import type { JobWork } from '../../jobs/job.service.js';
import type { ProviderWaits } from '../../provider-batches/provider-batch.service.js';
import { waitingSlots } from '../../provider-batches/waiting-slots.js';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';
import type { RunService } from '../../runs/run.service.js';
import { isTemporaryForOneOfMany } from '../is-temporary.js';
import type { TriggerNotifier } from '../trigger-notifier.js';
import { whyPaused } from './why-paused.js';

export interface BatchRunnerDependencies {
  readonly store: BatchStore;
  readonly published: PublishedRuns;
  readonly runs: RunService;
  readonly identity: IdentityStores;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly notifier: TriggerNotifier;
  readonly waits: ProviderWaits;
}

/** How long to wait before a row is retried after a temporary error, such as `busy` or a kill switch. */
const againMs = 1_000;
const most = 10_000;
const countEveryMs = 200;

/**
 * Runs the rows of a batch, several at a time, until none is waiting or running. A row that waits for a person gives its slot to the next
 * row. After an abort, runs in progress continue, and the other rows wait for the next process. The batch pauses itself when its budget is
 * used up or its workflow can no longer run.
 */
export async function runBatch(
  batch: StoredBatch,
  dependencies: BatchRunnerDependencies,
  { signal, report, onChange }: Pick<JobWork, 'signal' | 'report'> & { readonly onChange: () => void },
): Promise<object> {
  const { store, waits } = dependencies;
  const { concurrency, budget, providerBatch } = BatchConfig.parse(batch.body);
  const bell = createBell();
  const slots = waitingSlots(waits, { owner: batchScope(batch.id), concurrency, providerBatch }, bell.ring);
  const working = new Map<number, Promise<void>>();
  // Rows are counted only when a report is due: counting 100,000 rows after each row would be slow.
  let countedAt = -Infinity;
  const reportCounts = async (): Promise<void> => {
    onChange();
    if (Math.abs(dependencies.clock.now() - countedAt) < countEveryMs) return;
    countedAt = dependencies.clock.now();
    const counts = await ifReadable(() => store.counts(batch.id));
    if (counts !== undefined) report({ ...counts });
  };
  let fault: Error | undefined;
  const work = (number: number, doing: Promise<void>): void => {
    const fail = (thrown: unknown): void => void (fault ??= toHeddleError(thrown));
    const ended = doing.finally(() => working.delete(number)).then(reportCounts);
    working.set(number, ended.catch(fail).finally(bell.ring));
  };
  // Runs that an earlier process started continue by themselves, and each takes a slot here.
  for (const { number, runId } of await store.rows(batch.id, 0, 'running', most))
    if (runId !== undefined) work(number, settled(dependencies, runId, signal));
  await reportCounts();
  while (!signal.aborted) {
    const next = await whenItWorks(dependencies.clock, signal, async () => {
      const isSpent = budget !== undefined && (await store.cost(batch.id)) + (await slots.reservedCost()) >= budget;
      const isGoing = (await store.get(batch.id)).state === 'going';
      const count = await slots.count();
      // Noted before the read, because a row that ends during the read still appears in its result as waiting.
      const begun = new Set(working.keys());
      const free = isSpent || !isGoing ? 0 : count - begun.size;
      if (free <= 0) return [];
      const waiting = await store.waiting(batch.id, Math.max(concurrency * 2, free));
      return waiting.filter(({ number }) => !begun.has(number)).slice(0, free);
    });
    for (const row of next) work(row.number, runRow(batch, row, dependencies, signal));
    if (working.size === 0) break;
    await bell.heard();
    if (fault !== undefined) break;
  }
  slots.stop();
  signal.throwIfAborted();
  if (fault !== undefined) throw fault;
  return whenItWorks(dependencies.clock, signal, async () => {
    const counts = await store.counts(batch.id);
    if (budget !== undefined && counts.waiting > 0 && (await store.cost(batch.id)) >= budget)
      await pauseFor(batch, spent(budget), dependencies);
    onChange();
    return counts;
  });
}

/** The reason of a pause when the runs have used up the budget. */
const spent = (budget: number): Why => ({
  code: 'budget_exceeded',
  message: `Its runs have used the budget of $${budget}: raise the budget to continue.`,
});

/** Pauses a batch that is still running. A batch that a person has paused or cancelled stays as it is. */
async function pauseFor(
  { id, workflowId }: StoredBatch,
  why: Why,
  { audit, store }: BatchRunnerDependencies,
): Promise<void> {
  if ((await store.get(id)).state !== 'going') return;
  const details = { step: 'batch paused', batch: id, code: why.code, reason: why.message } as const;
  const event = { kind: 'job', who: 'heddle', subject: `workflow:${workflowId}`, details } as const;
  await isDone(audit.commit(event, [store.write.pauseGoing(id, why)]));
}

async function runRow(
  batch: StoredBatch,
  row: WaitingRow,
  dependencies: BatchRunnerDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { version, test, providerBatch } = BatchConfig.parse(batch.body);
  try {
    const { runId } = await dependencies.published.start({
      slug: batch.workflowId,
      version,
      test,
      inputs: row.inputs,
      principal: await principalById(dependencies.identity, batch.owner),
      channel: 'batch',
      subject: `batch:${batch.id}`,
      providerBatch,
      idempotencyKey: rowKey(row),
      idempotencyScope: batchScope(batch.id),
    });
    await settled(dependencies, runId, signal);
  } catch (thrown) {
    // An error during the shutdown of the process tells nothing about the row.
    if (signal.aborted) return;
    const error = toHeddleError(thrown);
    const why = whyPaused(error);
    const isSettled =
      why === undefined ? await isRefused(batch, row, dependencies, error) : await hasPaused(batch, why, dependencies);
    if (!isSettled) await pause(dependencies.clock, againMs, signal);
  }
}

/** Pauses the batch. Returns false while the store has a temporary fault. */
async function hasPaused(batch: StoredBatch, why: Why, dependencies: BatchRunnerDependencies): Promise<boolean> {
  try {
    await pauseFor(batch, why, dependencies);
    return true;
  } catch (thrown) {
    if (!isTemporaryForOneOfMany(toHeddleError(thrown))) throw thrown;
    return false;
  }
}

/**
 * Stores an error that no retry can change, and returns whether it did. It does not store faults of the store, or errors of a batch that is
 * no longer running, because they tell nothing about the row.
 */
async function isRefused(
  batch: StoredBatch,
  row: WaitingRow,
  { store }: BatchRunnerDependencies,
  error: HeddleError,
): Promise<boolean> {
  if (isTemporaryForOneOfMany(error)) return false;
  const isStored = await ifReadable(async () => {
    if ((await store.get(batch.id)).state !== 'going') return false;
    await store.refuse(batch.id, row.number, error);
    return true;
  });
  return isStored ?? false;
}

/** Retries work on the store as long as the store has a temporary fault. */
async function whenItWorks<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!isTemporaryForOneOfMany(toHeddleError(thrown))) throw thrown;
      await pause(clock, againMs, signal);
      signal.throwIfAborted();
    }
  }
}

/** Reads from the store. Returns undefined while the store has a temporary fault. */
async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (!isTemporaryForOneOfMany(toHeddleError(thrown))) throw thrown;
    return undefined;
  }
}

/** Resolves when the run has ended, waits for a person, or continues in another process. */
async function settled({ runs }: BatchRunnerDependencies, runId: string, signal: AbortSignal): Promise<void> {
  await runs.settled(runId, signal).catch(() => undefined);
}

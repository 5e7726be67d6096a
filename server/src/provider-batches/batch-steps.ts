import type { ConnectionBatches } from '@heddle/adapters/connections';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import type { CallResult, ProviderBatchStore, StoredProviderBatch } from '@heddle/adapters/provider-batches';
import { HeddleError, isAtMost, toHeddleError, type Audit, type AuditEvent, type Clock } from '@heddle/core';
import type { Log } from '../common/log.js';
import type { HeldBudgets } from './held-budgets.js';

export interface StepDependencies {
  readonly store: ProviderBatchStore;
  readonly reservations: HeldBudgets;
  readonly audit: Audit;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const day = 86_400_000;
/** The wait between the first checks of a batch. */
const firstPauseMs = 1_000;
/** Providers end a batch after a day, and may need some time to report it. */
const longestMs = 26 * 3_600_000;
const longestPauseMs = 300_000;
const resultsAtOnce = 200;
const noAnswer = 'The batch of the provider ended without an answer to the call.';

/** The name of a call in a batch. The provider repeats it in its results, where it is checked. */
const nameOf = (batch: string, number: number): string => `${batch}-${number}`;

function numberOf(batch: string, name: string): number | undefined {
  const number = name.startsWith(`${batch}-`) ? Number(name.slice(batch.length + 1)) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Does the next step for a batch: submits it, or checks whether it has ended and reads its answers. */
export async function workOnBatch(
  batch: StoredProviderBatch,
  open: () => Promise<ConnectionBatches>,
  dependencies: StepDependencies,
  signal: AbortSignal,
): Promise<void> {
  try {
    const batches = await open();
    await (batch.providerId === undefined
      ? submit(batch, batches, dependencies, signal)
      : read({ ...batch, providerId: batch.providerId }, batches, dependencies, signal));
  } catch (thrown) {
    if (signal.aborted) return;
    await afterFailure(batch, toHeddleError(thrown), dependencies);
  }
}

/** Errors that a retry cannot change; the calls of the batch get them. */
const lasting: ReadonlySet<string> = new Set([
  'provider_refused',
  'provider_batch_failed',
  'connection_not_found',
  'label_refused',
]);

async function afterFailure(
  batch: StoredProviderBatch,
  error: HeddleError,
  { store, clock, log }: StepDependencies,
): Promise<void> {
  const now = clock.now();
  const age = now - (batch.submittedAt ?? batch.createdAt);
  const isOver = lasting.has(error.code) || age > longestMs || age < -day;
  if (!isOver) {
    const ms = Math.min(longestPauseMs, 5_000 * 2 ** Math.min(10, batch.tries));
    await store.later(batch.id, now + ms, error.message.slice(0, 500));
    log.warn({ err: error, batch: batch.id, connection: batch.connection }, 'a batch of a provider is tried again');
    return;
  }
  await endAll(store, batch, error.message, false, clock);
}

async function endAll(
  store: ProviderBatchStore,
  batch: StoredProviderBatch,
  problem: string,
  passes: boolean,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  while (!(await store.end(batch, problem.slice(0, 2_000), passes, clock.now()))) await yieldToEventLoop();
}

/**
 * Submits a batch at most once. It is stored beforehand that a process begins to submit. After a crash, the next process searches for the
 * batch at the provider by our id, and adopts it.
 */
async function submit(
  batch: StoredProviderBatch,
  batches: ConnectionBatches,
  dependencies: StepDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock } = dependencies;
  const { id, createdAt, calls } = batch;
  const lines = (await store.lines(id)).map(({ number, body }) => ({ id: nameOf(id, number), body }));
  if (batch.begun > 0) {
    const found = await batches.find({ id, createdAt, calls }, await store.known(batch.connection), signal);
    if (found === 'unknown') {
      await store.later(id, clock.now() + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(10, batch.tries)));
      return;
    }
    if (found !== 'none') return adopt(batch, found.id, dependencies);
  }
  if (lines.length === 0) return endAll(store, batch, noAnswer, false, clock);
  const { clearance } = batches.connection;
  const above = (await store.levels(id)).find((level) => !isAtMost(level, clearance));
  if (above !== undefined)
    throw new HeddleError(
      'label_refused',
      `The calls are ${above}, and connection '${batch.connection}' takes up to ${clearance}: its clearance was lowered meanwhile.`,
    );
  if (!(await store.begin(batch))) return;
  await adopt(batch, await batches.submit({ id, createdAt, calls: lines.length }, lines, signal), dependencies);
}

async function adopt(
  batch: StoredProviderBatch,
  providerId: string,
  { store, audit, clock }: StepDependencies,
): Promise<void> {
  const now = clock.now();
  const submitted = store.write.submitted(batch.id, providerId, now, now + firstPauseMs);
  await audit.commit(eventOf(batch, providerId, 'batch submitted'), [submitted]);
}

function eventOf(
  { id: batch, connection, model, calls }: StoredProviderBatch,
  id: string,
  step: 'batch submitted' | 'batch cancelled',
): AuditEvent {
  const details = { step, model, calls, batch, id } as const;
  return { kind: 'connection', who: 'heddle', subject: `connection:${connection}`, details };
}

/**
 * Checks a batch at the provider, and reads its answers once it has ended. A batch that no run waits for any more is cancelled; answers
 * from before that still count.
 */
async function read(
  batch: StoredProviderBatch & { readonly providerId: string },
  batches: ConnectionBatches,
  dependencies: StepDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, log, audit } = dependencies;
  const { providerId } = batch;
  const { hasEnded, problem } = await batches.check(providerId, signal);
  const now = clock.now();
  const age = now - (batch.submittedAt ?? now);
  if (!hasEnded) {
    const isTooLate = age > longestMs;
    if (!(await store.isWanted(batch.id)) || isTooLate) {
      await batches.cancel(providerId, signal);
      await audit.write(eventOf(batch, providerId, 'batch cancelled'));
      if (isTooLate) return endAll(store, batch, 'The provider did not answer the call within a day.', true, clock);
    }
    // A batch takes minutes to hours, so the checks become rarer with its age.
    const ms = Math.min(longestPauseMs, Math.max(firstPauseMs, Math.abs(age) / 20));
    await store.later(batch.id, now + ms);
    return;
  }
  await storeAnswers(batch, batches, dependencies, signal);
  await endAll(store, batch, problem ?? noAnswer, true, clock);
  // The answers are stored here, so the provider does not have to keep them.
  await batches.remove(providerId, signal).catch((err: unknown) => {
    log.warn({ err, batch: providerId }, 'a batch that was read could not be removed at the provider');
  });
}

async function storeAnswers(
  batch: StoredProviderBatch & { readonly providerId: string },
  batches: ConnectionBatches,
  { store, reservations, clock }: StepDependencies,
  signal: AbortSignal,
): Promise<void> {
  const bodies = new Map((await store.lines(batch.id)).map(({ number, body }) => [number, body]));
  let results: CallResult[] = [];
  const flush = async (): Promise<void> => {
    const answers = new Map(results.flatMap((one) => ('answer' in one ? [[one.number, one.answer] as const] : [])));
    for (const call of await store.take(batch, results, clock.now())) {
      const answer = answers.get(call.number);
      if (answer !== undefined && !call.isSettled) await reservations.settleAbandoned(call, answer);
    }
    results = [];
    await yieldToEventLoop();
  };
  for await (const { id, answer, error } of batches.answers(batch.providerId, signal)) {
    const number = numberOf(batch.id, id);
    if (number === undefined) continue;
    if (answer !== undefined) results.push({ number, answer });
    else if (error !== undefined) {
      const { message, setting, passes } = error;
      const body = bodies.get(number);
      const without = setting === undefined || body === undefined ? undefined : batches.without(body, setting);
      const mayPass = setting === undefined ? passes : without !== undefined || passes;
      results.push({ number, problem: message.slice(0, 2_000), passes: mayPass, body: without });
    }
    if (results.length >= resultsAtOnce) await flush();
  }
  await flush();
}

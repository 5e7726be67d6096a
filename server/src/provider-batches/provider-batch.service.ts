import type { BatchedCall, ProviderBatchStore } from '@heddle/adapters/provider-batches';
import { HeddleError, splitModelId, type AtProvider, type Clock } from '@heddle/core';
import { longestBatchMs, type BatchableCall, type BatchedAnswer, type BatchedCalls } from '../calls/batched-calls.js';
import type { Log } from '../common/log.js';
import { BatchCollector, type CollectorDependencies } from './batch-collector.js';
import { HeldBudgets, type HoldingDependencies } from './held-budgets.js';

export interface ProviderBatchDependencies
  extends Omit<CollectorDependencies, 'reservations' | 'onRound' | 'store'>, Omit<HoldingDependencies, 'store'> {
  readonly store: ProviderBatchStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Wakes a run, because one of its calls can go on. Returns false if the run may have missed it. */
  readonly wake: (runId: string, path: string) => Promise<boolean>;
}

/** Reports what waits for providers in the name of an owner, such as an experiment. */
export interface ProviderWaits {
  /** The calls that wait. `owner` is, for example, `experiment:ID`. */
  waitingOf(owner: string): Promise<AtProvider>;
  /** The highest possible cost of these calls. */
  reservedCostOf(owner: string): Promise<number>;
  /** The number of runs that wait. They take no slot of the owner's concurrency. */
  runsOf(owner: string): Promise<number>;
  /** Calls the listener when a run begins to wait. Returns a function that stops this. */
  onWaiting(owner: string, listener: () => void): () => void;
}

/** The waits before a run is woken again. It may miss a wake because it does not sleep yet, or is paused. */
const wakeAgainMs = [2_000, 10_000, 60_000, 300_000] as const;

interface WakeSent {
  readonly dueAt: number;
  readonly times: number;
}

/** Gathers calls into batches of their providers, and passes the answers to the runs that wait for them. */
export class ProviderBatchService implements BatchedCalls, ProviderWaits {
  private readonly collector: BatchCollector;
  private readonly held: HeldBudgets;
  /** Wakes that were sent, by the number of the call. */
  private readonly wakesSent = new Map<number, WakeSent>();
  /** Calls whose answers were passed to their nodes in this process. */
  private readonly taken = new Set<number>();
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(private readonly dependencies: ProviderBatchDependencies) {
    this.held = new HeldBudgets(dependencies);
    this.collector = new BatchCollector({ ...dependencies, reservations: this.held, onRound: () => this.wakeRuns() });
  }

  /** Restores the reservations of an earlier process's calls in budgets. Must be called before the first run goes on. */
  restore(): Promise<void> {
    return this.held.restore();
  }

  start(): void {
    this.collector.start();
  }

  /** Checks for calls that other processes stored. */
  check(): void {
    this.collector.kick();
  }

  stop(): Promise<void> {
    return this.collector.stop();
  }

  async answer(call: BatchableCall): Promise<BatchedAnswer | undefined> {
    const { store, clock } = this.dependencies;
    const { scope, key } = call;
    for (;;) {
      const found = await store.find(scope.runId, key);
      if (found === undefined) await this.add(call);
      else if (found.state === 'ordinary') return this.leave(found, call);
      else if (found.state === 'answered' || found.state === 'failed') {
        const isAnother = (scope.failures ?? 0) > found.failures;
        if (isAnother) await this.add(call, found.number);
        else if (found.state === 'answered') return this.answered(found, call);
        else throw await this.failure(found);
      }
      await scope.sleep?.(clock.now() + longestBatchMs);
    }
  }

  async waitingOf(owner: string): Promise<AtProvider> {
    const { runs: _runs, most: _most, ...waiting } = await this.dependencies.store.waitingOf(owner);
    return waiting;
  }

  async reservedCostOf(owner: string): Promise<number> {
    return (await this.dependencies.store.waitingOf(owner)).most;
  }

  async runsOf(owner: string): Promise<number> {
    return (await this.dependencies.store.waitingOf(owner)).runs;
  }

  onWaiting(owner: string, listener: () => void): () => void {
    const listeners = this.listeners.get(owner) ?? new Set();
    this.listeners.set(owner, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.listeners.delete(owner);
    };
  }

  /** Admits a call and stores it. `again` is the number of the same call in an earlier attempt of the node. */
  private async add(call: BatchableCall, again?: number): Promise<void> {
    const { store, clock } = this.dependencies;
    const { id, key, scope, endpoint, inputTokens, outputTokens } = call;
    const settle = await call.admit();
    try {
      const body = await call.prepare();
      const { failures = 0, runId: run, path, label } = scope;
      const owner = scope.run.caller?.subject ?? '';
      if (again !== undefined) {
        await store.askAgain(again, { failures, body }, clock.now());
        this.taken.delete(again);
      } else
        await store.add(
          {
            run,
            key,
            path,
            failures,
            workflow: scope.run.workflowId,
            owner,
            endpoint,
            body,
            connection: splitModelId(id).connection ?? '',
            model: id,
            level: label.level,
            fallsBack: call.fallsBack,
            inputTokens,
            outputTokens,
            most: call.most,
          },
          clock.now(),
        );
      const stored = await store.find(run, key);
      if (stored !== undefined) this.held.hold(stored.number, settle);
      scope.record({
        type: 'node-decision',
        kind: 'batch',
        summary: `The call of ${id} waits for a batch of its provider, at half the price.`,
      });
      for (const listener of this.listeners.get(owner) ?? []) listener();
      this.collector.kick();
    } catch (cause) {
      const error = { code: 'aborted', message: 'The call was not gathered.', retryable: false };
      await settle({ usage: undefined, ms: 0, error });
      throw cause;
    }
  }

  private async answered(found: BatchedCall, call: BatchableCall): Promise<BatchedAnswer> {
    const { number, isSettled, providerId = '' } = found;
    this.taken.add(number);
    this.wakesSent.delete(number);
    const answer = await this.dependencies.store.answerOf(number);
    // The provider has already answered, so a budget that was spent meanwhile does not stop the call.
    if (!isSettled && !this.held.has(number))
      await call.admit().then(
        (settle) => this.held.hold(number, settle),
        (err: unknown) =>
          this.dependencies.log.warn({ err, run: found.run }, 'a batched call holds nothing of its budgets'),
      );
    return { answer, batch: providerId, settle: (outcome) => this.held.settle(number, { ...outcome, ms: 0 }) };
  }

  private async leave(found: BatchedCall, { scope, id }: BatchableCall): Promise<undefined> {
    this.taken.add(found.number);
    this.wakesSent.delete(found.number);
    await this.held.release(found.number);
    scope.record({
      type: 'node-decision',
      kind: 'batch',
      summary: `The call of ${id} is made as an ordinary call: ${found.problem ?? 'no batch answered it'}`,
    });
    return undefined;
  }

  private async failure({ number, model, problem }: BatchedCall): Promise<HeddleError> {
    this.taken.add(number);
    this.wakesSent.delete(number);
    await this.held.release(number);
    return new HeddleError(
      'provider_batch_failed',
      `No batch of the provider answered the call of '${model}': ${problem ?? 'it gives no reason'}. Run the row again, or allow ordinary calls where batches fail.`,
      { details: { model } },
    );
  }

  /** Wakes runs whose calls have ended, and wakes those again that may have missed it. */
  private async wakeRuns(): Promise<void> {
    const { store, clock, wake, log } = this.dependencies;
    await this.held.releaseRemoved();
    const ended = await store.ended();
    const numbers = new Set(ended.map(({ number }) => number));
    for (const known of [this.taken, new Set(this.wakesSent.keys())])
      for (const number of known)
        if (!numbers.has(number)) {
          this.taken.delete(number);
          this.wakesSent.delete(number);
        }
    const now = clock.now();
    for (const { number, run, path } of ended) {
      const { dueAt, times } = this.wakesSent.get(number) ?? { dueAt: -Infinity, times: 0 };
      if (this.taken.has(number) || (dueAt > now && dueAt - now <= 300_000)) continue;
      const ms = wakeAgainMs[Math.min(times, wakeAgainMs.length - 1)] ?? 300_000;
      this.wakesSent.set(number, { dueAt: now + ms, times: times + 1 });
      wake(run, path).catch((err: unknown) => log.warn({ err, run }, 'a run could not be notified that it can go on'));
    }
  }
}

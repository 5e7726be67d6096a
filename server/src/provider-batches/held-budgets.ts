import type { BatchedCall, ProviderBatchStore } from '@heddle/adapters/provider-batches';
import { labelOf, splitModelId, type CallScope, type Journal, type LanguageModel, type Usage } from '@heddle/core';
import { longestBatchMs } from '../calls/batched-calls.js';
import type { CallGuard, CallOutcome, SettleCall } from '../calls/call-guard.js';
import type { Log } from '../common/log.js';

export interface HoldingDependencies {
  readonly store: Pick<ProviderBatchStore, 'unsettled' | 'settle' | 'settleWrite'>;
  readonly journal: Pick<Journal, 'acceptance'>;
  readonly models: { languageModel(id: string): Promise<LanguageModel> };
  readonly budgets: CallGuard;
  readonly log: Log;
}

const gone: CallOutcome = {
  usage: undefined,
  ms: 0,
  error: { code: 'aborted', message: 'The call was given up before an answer.', retryable: false },
};

/**
 * Reservations of batched calls in budgets, until each call is settled. A start of Heddle drops all reservations, so `restore` makes them
 * again.
 */
export class HeldBudgets {
  private readonly held = new Map<number, SettleCall>();

  constructor(private readonly dependencies: HoldingDependencies) {}

  hold(number: number, settle: SettleCall): void {
    this.held.set(number, settle);
  }

  has(number: number): boolean {
    return this.held.has(number);
  }

  /** Settles a call exactly once, also across processes: its cost is counted in the same commit that marks it as settled. */
  async settle(number: number, outcome: CallOutcome): Promise<void> {
    const { store } = this.dependencies;
    await this.end(number, { ...outcome, alongside: [store.settleWrite(number)] });
    // Needed if no budget counts the call.
    await store.settle(number);
  }

  /** Frees the reservation of a call that gets no answer. */
  release(number: number): Promise<void> {
    return this.end(number, gone);
  }

  private async end(number: number, outcome: CallOutcome): Promise<void> {
    const settle = this.held.get(number);
    this.held.delete(number);
    await settle?.(outcome);
  }

  /** Frees the reservations of calls that are no longer stored because their runs ended. */
  async releaseRemoved(): Promise<void> {
    if (this.held.size === 0) return;
    const numbers = new Set((await this.dependencies.store.unsettled()).map(({ number }) => number));
    for (const number of [...this.held.keys()]) if (!numbers.has(number)) await this.release(number);
  }

  /** Reserves again for the calls of an earlier process. A budget that has been spent meanwhile does not stop these calls. */
  async restore(): Promise<void> {
    for (const call of await this.dependencies.store.unsettled()) {
      try {
        const settle = await this.reserve(call);
        if (settle !== undefined) this.held.set(call.number, settle);
      } catch (err) {
        this.dependencies.log.warn({ err, run: call.run }, 'a batched call holds nothing of its budgets');
      }
    }
  }

  /** Settles a call whose run has ended, by the usage that its answer reports. */
  async settleAbandoned(call: BatchedCall, answer: string): Promise<void> {
    let usage: Usage | undefined;
    try {
      const { batched } = await this.dependencies.models.languageModel(call.model);
      for await (const event of batched?.read(answer, { messages: [] }) ?? [])
        if (event.type === 'end') usage = event.usage;
    } catch (err) {
      this.dependencies.log.warn({ err, run: call.run }, 'the usage of an abandoned call is not known');
    }
    await this.settle(call.number, usage === undefined ? gone : { usage, ms: 0, error: undefined });
  }

  private async reserve(call: BatchedCall): Promise<SettleCall | undefined> {
    const { journal, models, budgets } = this.dependencies;
    const run = await journal.acceptance(call.run);
    const { batched, info } = await models.languageModel(call.model);
    const scope: CallScope = {
      runId: call.run,
      path: call.path,
      attempt: 1,
      failures: call.failures,
      run,
      signal: new AbortController().signal,
      label: labelOf('internal'),
      passages: () => [],
      record: () => undefined,
    };
    const { inputTokens, outputTokens, model } = call;
    return budgets.admit(
      {
        kind: 'generate',
        subject: model,
        connection: splitModelId(model).connection,
        inputTokens,
        outputTokens,
        isLocal: info.destination.isLocal,
        price: batched?.price,
        reservationMs: longestBatchMs,
      },
      scope,
    );
  }
}

import type { BatchedModel, CallScope, ProviderBatch } from '@heddle/core';
import type { SettleCall } from './call-guard.js';

/** Longer than a provider takes to answer a batch: a call that waits so long checks again by itself. */
export const longestBatchMs = 27 * 3_600_000;

/** A call that a batch of its provider may answer. */
export interface BatchableCall {
  /** `connection/model`. */
  readonly id: string;
  readonly key: string;
  readonly scope: CallScope;
  readonly endpoint: BatchedModel['endpoint'];
  /** Whether it is made as an ordinary call where two batches did not answer it. */
  readonly fallsBack: boolean;
  /** Upper bounds. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The most that it costs in a batch; 0 where its price is not known. */
  readonly most: number;
  /** Asks the guards, at the price of a batch, and reserves. */
  admit(): Promise<SettleCall>;
  /** The body of the call. */
  prepare(): Promise<string>;
}

/** The answer of a batch to a call. */
export interface BatchedAnswer {
  /** JSON. */
  readonly answer: string;
  /** The batch, by the provider's id. */
  readonly batch: string;
  readonly settle: SettleCall;
}

/** Calls that batches of their providers answer. */
export interface BatchedCalls {
  /**
   * The answer of a call; undefined where it is to be made as an ordinary call. Without either, the execution suspends, and the same call comes
   * back later. Errors: `provider_batch_failed`, and those of the guards.
   */
  answer(call: BatchableCall): Promise<BatchedAnswer | undefined>;
}

/** Whether calls of a run that no batch answered are made as ordinary calls; undefined where no call of the run waits for a batch. */
export function fallsBack(scope: CallScope): boolean | undefined {
  const { providerBatch, replay }: { readonly providerBatch?: ProviderBatch | undefined; readonly replay?: unknown } =
    scope.run;
  const waits = scope.sleep !== undefined && replay === undefined;
  return !waits || providerBatch === undefined || providerBatch === 'off' ? undefined : providerBatch === 'prefer';
}

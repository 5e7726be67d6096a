import type { BatchedModel, CallScope, ProviderBatch } from '@heddle/core';
import type { SettleCall } from './call-guard.js';

/** Longer than any provider takes to answer a batch. A call that has waited this long checks again by itself. */
export const longestBatchMs = 27 * 3_600_000;

/** A call that a batch of its provider may answer. */
export interface BatchableCall {
  /** The model, as `connection/model`. */
  readonly id: string;
  readonly key: string;
  readonly scope: CallScope;
  readonly endpoint: BatchedModel['endpoint'];
  /** Whether the call is made as an ordinary call after two batches did not answer it. */
  readonly fallsBack: boolean;
  /** Upper bounds of the tokens. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The most that the call costs in a batch; 0 if its price is unknown. */
  readonly most: number;
  /** Asks the guards, at the price of a batch, and reserves the cost. */
  admit(): Promise<SettleCall>;
  /** Returns the body of the call. */
  prepare(): Promise<string>;
}

/** The answer of a batch to a call. */
export interface BatchedAnswer {
  /** The reply as JSON text. */
  readonly answer: string;
  /** The provider's id of the batch. */
  readonly batch: string;
  readonly settle: SettleCall;
}

/** Answers calls from batches of their providers. */
export interface BatchedCalls {
  /**
   * Returns the answer of a call; undefined if it must be made as an ordinary call. While neither is decided, the execution suspends, and
   * the same call comes again later. Errors: `provider_batch_failed`, and those of the guards.
   */
  answer(call: BatchableCall): Promise<BatchedAnswer | undefined>;
}

/** Whether calls that no batch answered are made as ordinary calls; undefined if calls of this run do not wait for batches. */
export function fallsBack(scope: CallScope): boolean | undefined {
  const { providerBatch, replay }: { readonly providerBatch?: ProviderBatch | undefined; readonly replay?: unknown } =
    scope.run;
  const waits = scope.sleep !== undefined && replay === undefined;
  return !waits || providerBatch === undefined || providerBatch === 'off' ? undefined : providerBatch === 'prefer';
}

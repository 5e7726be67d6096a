import type { LabelLevel } from '@heddle/core';

/** A model call for a batch of a provider. */
export interface NewBatchedCall {
  readonly run: string;
  /** The idempotency key of the call. It is unique in the run and the same after a crash. */
  readonly key: string;
  readonly path: string;
  readonly failures: number;
  readonly workflow: string | undefined;
  /** What the run belongs to, such as `experiment:ID`. */
  readonly owner: string;
  readonly connection: string;
  readonly model: string;
  readonly endpoint: string;
  readonly level: LabelLevel;
  /** Whether to make an ordinary call if two batches did not answer it. */
  readonly fallsBack: boolean;
  /** Upper bounds of its tokens. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The most that the call can cost, in the currency of its price; 0 if unknown. */
  readonly most: number;
  readonly body: string;
}

/**
 * A stored call: `waiting` for a batch, `submitted` in a batch, `answered`, `failed`, or to be made as an `ordinary` call. An `abandoned`
 * call is in a batch although its run has ended.
 */
export interface BatchedCall extends Pick<
  NewBatchedCall,
  'run' | 'key' | 'path' | 'failures' | 'workflow' | 'connection' | 'model' | 'inputTokens' | 'outputTokens'
> {
  readonly number: number;
  readonly state: 'waiting' | 'submitted' | 'answered' | 'failed' | 'ordinary' | 'abandoned';
  /** The provider's id of the batch that answered it. */
  readonly providerId: string | undefined;
  readonly problem: string | undefined;
  /** Whether its cost was counted. */
  readonly isSettled: boolean;
}

/** A batch that has not ended. */
export interface StoredProviderBatch {
  readonly id: string;
  readonly connection: string;
  readonly model: string;
  readonly endpoint: string;
  readonly calls: number;
  readonly createdAt: number;
  /** Failed attempts in a row. */
  readonly tries: number;
  /** How often a process began to submit it. If it is not 0, the batch may exist at the provider. */
  readonly begun: number;
  /** Undefined until the batch is submitted. */
  readonly providerId: string | undefined;
  readonly submittedAt: number | undefined;
}

/** The result of a call in a batch. `body` is the request for another batch. */
export type CallResult =
  | { readonly number: number; readonly answer: string }
  | { readonly number: number; readonly problem: string; readonly passes: boolean; readonly body?: string | undefined };

/** A row of `provider_batch_calls` without the request and the answer. */
export interface CallRow {
  readonly number: number;
  readonly run: string;
  readonly key: string;
  readonly path: string;
  readonly failures: number;
  readonly workflow: string | null;
  readonly connection: string;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly state: string;
  readonly provider_id: string | null;
  readonly problem: string | null;
  readonly is_settled: number;
}

/** A row of `provider_batches`. */
export interface BatchRow {
  readonly id: string;
  readonly connection: string;
  readonly model: string;
  readonly endpoint: string;
  readonly state: 'submitting' | 'submitted';
  readonly provider_id: string | null;
  readonly calls: number;
  readonly created_at: number;
  readonly tries: number;
  readonly has_begun: number;
  readonly submitted_at: number | null;
}

export const callColumns =
  'number, run, key, path, failures, workflow, connection, model, input_tokens, output_tokens, state, provider_id, problem, is_settled';

export function callOf(row: CallRow): BatchedCall {
  return {
    number: row.number,
    run: row.run,
    key: row.key,
    path: row.path,
    failures: row.failures,
    connection: row.connection,
    model: row.model,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    workflow: row.workflow ?? undefined,
    state: row.state as BatchedCall['state'], // written by this file
    providerId: row.provider_id ?? undefined,
    problem: row.problem ?? undefined,
    isSettled: row.is_settled === 1,
  };
}

export function batchOf(row: BatchRow): StoredProviderBatch {
  const { id, connection, model, endpoint, calls, created_at: createdAt, tries } = row;
  return {
    id,
    connection,
    model,
    endpoint,
    calls,
    createdAt,
    tries,
    begun: row.has_begun,
    providerId: row.provider_id ?? undefined,
    submittedAt: row.submitted_at ?? undefined,
  };
}

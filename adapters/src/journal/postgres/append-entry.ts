import type { AppendFence, GuardedWrite, HeddleError } from '@heddle/core';
import type { PreparedAppend } from '../records/record-rows.js';

/** An append that is not stored yet. */
export interface AppendEntry {
  readonly runId: string;
  readonly prepared: PreparedAppend;
  readonly writes: readonly GuardedWrite[];
  /** Undefined for an append to a run without an owner. */
  readonly epoch: AppendFence['epoch'] | undefined;
  readonly batch: AppendFence['batch'];
  /** The seq after which it is written; undefined until it is read. */
  after: number | undefined;
  isReady: boolean;
  readonly resolve: (first: number) => void;
  readonly reject: (error: HeddleError) => void;
}

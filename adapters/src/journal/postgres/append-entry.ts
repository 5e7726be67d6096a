import type { AppendFence, GuardedWrite, HeddleError } from '@heddle/core';
import type { PreparedAppend } from '../records/record-rows.js';

/** An append on its way into the database. */
export interface AppendEntry {
  readonly runId: string;
  readonly prepared: PreparedAppend;
  /** What projections write in its commit. */
  readonly writes: readonly GuardedWrite[];
  /** Undefined for an append to a run without an owner. */
  readonly epoch: AppendFence['epoch'] | undefined;
  readonly batch: AppendFence['batch'];
  /** The seq that it follows; undefined until it is read. */
  after: number | undefined;
  /** Whether its large values are stored. */
  isReady: boolean;
  readonly resolve: (first: number) => void;
  readonly reject: (error: HeddleError) => void;
}

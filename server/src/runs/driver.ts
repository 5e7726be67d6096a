import type { ErrorValue, HeddleError, RunSummary } from '@heddle/core';
import type { AcceptedRun, RunHandle } from '@heddle/engine';
import type { LostRun } from './state/lost-runs.js';
import type { RunWaiters } from './state/run-waiters.js';

/** A request to cancel a run, with its author and reason. */
export interface CancelWish {
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  /** Set if Heddle itself ends the run because of a fault. */
  readonly fault?: HeddleError | undefined;
}

/** An answer to a human input request of a run. */
export type RunAnswer = Parameters<RunHandle['answer']>[1];

/**
 * Executes runs and carries out requests to answer, wake or cancel them. `RunDriver` has all runs of a process that has its database for
 * itself; `SharedDriver` reaches the runs of all processes on a database.
 */
export interface Driver {
  /** Callers that wait for a run to leave memory. */
  readonly waiters: RunWaiters;
  /** Runs that stopped because of a fault of the store and continue when it works again. */
  readonly lost: { list(): readonly LostRun[] };
  /** Whether this process runs the run now. */
  owns(runId: string): boolean;
  /** Whether a run that is stored as running may be in another process. */
  mayBeElsewhere(summary: RunSummary): boolean;
  /** Resolves when a run that is not in the memory of this process should be read again; undefined if no other process can change it. */
  nextCheck(): Promise<void> | undefined;
  /**
   * For runs that wait for a process: why none can run them (`no_worker`, `capability_missing`), by run. Other runs, and runs that a
   * process can run, are left out. Undefined if there is only one process.
   */
  whyWaiting(runIds: readonly string[]): Promise<ReadonlyMap<string, ErrorValue> | undefined>;
  /** Queues a newly accepted run. */
  enqueue(runId: string, group: string, given: AcceptedRun): void;
  /** Queues a run that began earlier. */
  enqueueResume(runId: string, group: string): void;
  /** Answers a human input request of a run. Resolves when the answer is committed. */
  answer(runId: string, requestId: string, answer: RunAnswer): Promise<void>;
  /** Cancels a run; `writeEnd` ends a run that is not in memory. Resolves when the request is committed. */
  cancel(runId: string, wish: CancelWish & { readonly writeEnd: () => Promise<void> }): Promise<void>;
  /** Notifies a sleeping execution of what it sleeps for. Returns false if the caller must notify it again later. */
  wake(runId: string, path: string): Promise<boolean>;
  /** Releases all runs. Executions that end within `graceMs` may still finish. */
  release(graceMs: number): Promise<void>;
}

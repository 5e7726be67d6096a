import type { ErrorValue, HeddleError, RunSummary } from '@heddle/core';
import type { AcceptedRun, RunHandle } from '@heddle/engine';
import type { LostRun } from './state/lost-runs.js';
import type { RunWaiters } from './state/run-waiters.js';

/** Who cancels a run, and why. */
export interface CancelWish {
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  /** The fault for which Heddle ends the run. */
  readonly fault?: HeddleError | undefined;
}

/** An answer to a question of a run. */
export type RunAnswer = Parameters<RunHandle['answer']>[1];

/**
 * Lets runs go on and carries out what people want of them. `RunDriver` has all runs of a process that is alone on its database; `SharedDriver`
 * reaches those of all processes.
 */
export interface Driver {
  /** Callers that wait for a run to leave memory. */
  readonly waiters: RunWaiters;
  /** Runs that a fault of the store stopped, and that continue when it works again. */
  readonly lost: { list(): readonly LostRun[] };
  /** Whether this process runs the run now. */
  owns(runId: string): boolean;
  /** Whether a run that is stored as running may be in another process. */
  mayBeElsewhere(summary: RunSummary): boolean;
  /** Resolves when a run that is in no memory here should be read again; undefined where nobody else changes it. */
  nextCheck(): Promise<void> | undefined;
  /**
   * Why no process can run runs that wait for one, by run: `no_worker`, `capability_missing`. Nothing where one can, and of every other run;
   * undefined where there is one process.
   */
  whyWaiting(runIds: readonly string[]): Promise<ReadonlyMap<string, ErrorValue> | undefined>;
  /** Lets an accepted run begin. */
  enqueue(runId: string, group: string, given: AcceptedRun): void;
  /** Lets a run that began earlier go on. */
  enqueueResume(runId: string, group: string): void;
  /** Answers a question of a run. Resolves when the answer is committed. */
  answer(runId: string, requestId: string, answer: RunAnswer): Promise<void>;
  /** Cancels a run; `writeEnd` ends one that is not in memory. Resolves when the request is committed. */
  cancel(runId: string, wish: CancelWish & { readonly writeEnd: () => Promise<void> }): Promise<void>;
  /** Notifies an execution that sleeps that what it sleeps for has come. False where it must be notified again later. */
  wake(runId: string, path: string): Promise<boolean>;
  /** Gives every run back: short work may end within `graceMs`. */
  release(graceMs: number): Promise<void>;
}

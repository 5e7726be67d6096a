import type { ErrorValue } from '@heddle/core';

/** The state of an execution that has not ended. */
export interface ExecutionSnapshot {
  readonly path: string;
  /** The attempt that runs or comes next. */
  readonly attempt: number;
  /**
   * `slot`: waits for a slot of a limit, such as that of a model. `nested`: waits for nested runs. `journal`: its result is being stored.
   */
  readonly state: 'working' | 'slot' | 'retrying' | 'person' | 'timer' | 'nested' | 'journal' | 'queued';
  /** Epoch milliseconds; undefined if it has not begun. */
  readonly startedAt?: number;
  /** The last sign of life, in epoch milliseconds. */
  readonly aliveAt?: number;
  /** When its wall deadline and its idle deadline are due, in epoch milliseconds. */
  readonly wallDueAt?: number;
  readonly idleDueAt?: number;
  readonly limit?: string;
  readonly position?: number;
  /** When it continues by itself, in epoch milliseconds. */
  readonly until?: number;
}

/** The present state of a run in memory. */
export interface RunSnapshot {
  readonly executions: readonly ExecutionSnapshot[];
  /** Failed attempts to write to the journal since the last success; above 0 the run waits for the journal. */
  readonly journalTries: number;
  /** Why the last attempt failed. */
  readonly journalError?: ErrorValue;
}

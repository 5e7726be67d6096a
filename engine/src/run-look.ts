import type { ErrorValue } from '@heddle/core';

/** How an execution that has not ended stands, for people and programs. */
export interface ExecutionLook {
  readonly path: string;
  /** The attempt that works or comes next. */
  readonly attempt: number;
  /** `slot`: waits for a place of a limit, such as a model's. `nested`: for nested runs. `journal`: its result is being stored. */
  readonly state: 'working' | 'slot' | 'retrying' | 'person' | 'timer' | 'nested' | 'journal' | 'queued';
  /** Epoch milliseconds; undefined for what has not begun. */
  readonly startedAt?: number;
  /** Its last sign of life. */
  readonly aliveAt?: number;
  /** When it will be given up: in all, or for its silence. */
  readonly wallDueAt?: number;
  readonly idleDueAt?: number;
  readonly limit?: string;
  readonly position?: number;
  /** When it goes on by itself. */
  readonly until?: number;
}

/** A run in memory as it stands now. */
export interface RunLook {
  readonly executions: readonly ExecutionLook[];
  /** Tries of the journal since it last took something; above 0 the run waits for it. */
  readonly journalTries: number;
  /** Why it took nothing. */
  readonly journalError?: ErrorValue;
}

import type { ErrorValue } from '@heddle/core';

/** Which processes have the runs that are queued or running. */
export interface Placement {
  /** Runs that a living process has; if there are very many, only the newest. */
  readonly owned: ReadonlySet<string>;
  /** Whether a living process takes runs. */
  readonly hasWorkers: boolean;
  /** For runs that wait for a process: why none of the workers can run them. */
  readonly missing: ReadonlyMap<string, ErrorValue>;
}

/** The reason while no process takes runs. */
export const noWorker: ErrorValue = {
  code: 'no_worker',
  message: 'No process takes runs: start one with HEDDLE_ROLE=worker or all on this database.',
  retryable: true,
};

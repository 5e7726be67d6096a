import type { ErrorValue } from '@heddle/core';

/** Which processes have the runs that are not at rest. */
export interface Placement {
  /** Runs that a living process has, the newest of very many. */
  readonly owned: ReadonlySet<string>;
  /** Whether a living process takes runs. */
  readonly hasWorkers: boolean;
  /** Why no process that takes runs can run them, for runs that wait for one. */
  readonly missing: ReadonlyMap<string, ErrorValue>;
}

/** Why nothing begins where no process takes runs. */
export const noWorker: ErrorValue = {
  code: 'no_worker',
  message: 'No process takes runs: start one with HEDDLE_ROLE=worker or all on this database.',
  retryable: true,
};

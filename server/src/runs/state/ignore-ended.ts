import { HeddleError } from '@heddle/core';

/** Ignores that a run has already ended, which needs no cancellation. @example await runs.cancel(id, who, why).catch(ignoreEnded) */
export function ignoreEnded(error: unknown): void {
  if (!(error instanceof HeddleError) || error.code !== 'run_terminal') throw error;
}

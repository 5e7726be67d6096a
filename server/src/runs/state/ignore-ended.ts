import { HeddleError } from '@heddle/core';

/**
 * Ignores the error that a run has already ended, because such a run needs no cancellation. @example await runs.cancel(id, who,
 * why).catch(ignoreEnded)
 */
export function ignoreEnded(error: unknown): void {
  if (!(error instanceof HeddleError) || error.code !== 'run_terminal') throw error;
}

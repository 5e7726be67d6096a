import { HeddleError } from '@heddle/core';

/** Makes the error for a run that cannot be deleted yet, because it or a run that continues it has not ended. */
export function stillNeeded(runId: string, why: 'unfinished' | 'needed'): HeddleError {
  return new HeddleError(
    'run_unfinished',
    why === 'needed'
      ? `A run that goes on from ${runId} has not ended and may still use its results: wait for it or stop it, then delete this one.`
      : `The run ${runId} has not ended: stop it first, then delete it.`,
    { details: { runId } },
  );
}

import { HeddleError } from '@heddle/core';

/** The error for a run that cannot be deleted yet: it has not ended, or another run that has not ended goes on from it. */
export function stillNeeded(runId: string, why: 'unfinished' | 'needed'): HeddleError {
  return new HeddleError(
    'run_unfinished',
    why === 'needed'
      ? `A run that goes on from ${runId} has not ended and may still take its results: wait for it, or stop it, then delete this one.`
      : `The run ${runId} has not ended: stop it first, then delete it.`,
    { details: { runId } },
  );
}

import { HeddleError, runNotFound } from '@heddle/core';
import type { Storage } from '../storage/storage.js';

/** Removes a run that has ended, with its inputs, results and record. Errors: `run_not_found`, `run_unfinished`, `storage_*`. */
export function removeRun(storage: Storage, runId: string): void {
  storage.check();
  const removed = storage.removeRun(runId);
  if (removed === 'removed') return;
  if (removed === 'unknown') throw runNotFound(runId);
  throw new HeddleError(
    'run_unfinished',
    removed === 'needed'
      ? `A run that goes on from ${runId} has not ended and may still take its results: wait for it, or stop it, then delete this one.`
      : `The run ${runId} has not ended: stop it first, then delete it.`,
    { details: { runId } },
  );
}

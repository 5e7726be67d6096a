import { HeddleError, runNotFound } from '@heddle/core';
import type { Heddle } from '../heddle/heddle.js';
import { tellRemoved } from './tell-removed.js';

/**
 * Removes a run that has ended, with its inputs, results and record, and tells those who look at the list.
 *
 * Errors: `run_not_found`, `run_unfinished`, `storage_*`.
 */
export async function removeRun({ parts: { storage }, runs, topics }: Heddle, runId: string): Promise<void> {
  storage.check();
  // Read before: who may see the run follows from what is known of it.
  const summary = topics.isWatched('runs') ? await runs.summary(runId) : undefined;
  const removed = storage.removeRun(runId);
  if (removed === 'removed') {
    if (summary !== undefined) tellRemoved(topics, [summary]);
    return;
  }
  if (removed === 'unknown') throw runNotFound(runId);
  throw new HeddleError(
    'run_unfinished',
    removed === 'needed'
      ? `A run that goes on from ${runId} has not ended and may still take its results: wait for it, or stop it, then delete this one.`
      : `The run ${runId} has not ended: stop it first, then delete it.`,
    { details: { runId } },
  );
}

import { toHeddleError } from '@heddle/core';
import type { RunService } from '../run.service.js';

const over: ReadonlySet<string> = new Set(['run_terminal', 'run_not_found']);

/** Cancels a run and waits for its end. Does nothing if the run has ended or no longer exists. */
export async function endRun(runs: Pick<RunService, 'cancel' | 'settled'>, runId: string): Promise<void> {
  try {
    await runs.cancel(runId, undefined, 'Its conversation is erased.');
    await runs.settled(runId);
  } catch (error) {
    if (!over.has(toHeddleError(error).code)) throw error;
  }
}

import { setImmediate } from 'node:timers/promises';
import { HeddleError } from '@heddle/core';

/** The most attempts while other operations change the same data. */
const mostTries = 10;

/**
 * Prepares an operation and commits it. If another operation was quicker, prepares it again from new reads. Errors: those of both;
 * `conflict` if other operations win every attempt.
 */
export async function prepareAndCommit<Prepared>(
  prepare: () => Promise<Prepared>,
  commit: (prepared: Prepared) => Promise<void>,
): Promise<Prepared> {
  for (let attempt = 1; ; attempt += 1) {
    const prepared = await prepare();
    try {
      await commit(prepared);
      return prepared;
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'conflict' || attempt === mostTries) throw error;
      // Values that were read may be reused until the next tick.
      await setImmediate();
    }
  }
}

import { setImmediate } from 'node:timers/promises';
import { HeddleError } from '@heddle/core';

/** More operations at once on one thing than this are not expected. */
const mostTries = 10;

/**
 * Prepares an operation and commits it. Where another one was quicker, it is prepared again, from new reads. Errors: those of both; `conflict` where
 * another one is quicker each time.
 */
export async function untilDone<Prepared>(
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
      // What was read may be remembered until the next tick.
      await setImmediate();
    }
  }
}

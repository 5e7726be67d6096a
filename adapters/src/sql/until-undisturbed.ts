import { HeddleError } from '@heddle/core';

/** More changes at once than this are not expected. */
const mostTries = 10;

/**
 * Does work that reads, decides and commits, and does it again where another operation changed meanwhile what it read, which its writes
 * refuse with `conflict`. Errors: those of the work; `conflict` where others are always quicker.
 *
 * @example await untilUndisturbed(async () => tables.note(changesOf(await read())));
 */
export async function untilUndisturbed<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === mostTries || !(error instanceof HeddleError) || error.code !== 'conflict') throw error;
    }
  }
}

import { HeddleError } from '@heddle/core';

/** The most attempts while other operations change the same data. */
const mostTries = 10;

/**
 * Runs work that reads, decides and commits. Runs it again if another operation changed the data in the meantime, so that its writes failed
 * with `conflict`. Errors: those of the work; `conflict` if other operations win every attempt.
 *
 * @example await retryOnConflict(async () => tables.note(changesOf(await read())));
 */
export async function retryOnConflict<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === mostTries || !(error instanceof HeddleError) || error.code !== 'conflict') throw error;
    }
  }
}

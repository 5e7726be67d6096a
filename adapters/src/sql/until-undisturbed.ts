import { isDone } from './is-done.js';

/** More changes at once than this are not expected. */
const mostTries = 10;

/**
 * Does work that reads, decides and commits, and does it again where another operation changed meanwhile what it read, which its writes
 * refuse with `conflict`. Errors: those of the work; `conflict` where others are always quicker.
 *
 * @example await untilUndisturbed(async () => tables.note(changesOf(await read())));
 */
export async function untilUndisturbed(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; tries < mostTries; tries += 1) if (await isDone(work())) return;
  await work();
}

import { seededNumbers } from './vector-store/fixtures.js';

const environment =
  (globalThis as { readonly process?: { readonly env: Readonly<Record<string, string | undefined>> } }).process?.env ??
  {};

/** Whether the tests run at their full size (`npm run test:long`). `npm test` takes a sample where a full size lasts minutes. */
export const isLong = environment['HEDDLE_TEST_LONG'] === '1';

/** What the samples of this run are drawn by. `npm test` draws one for the run and names it where something failed. */
export const sampleSeed = Number(environment['HEDDLE_SAMPLE_SEED'] ?? Math.floor(Math.random() * 1_000_000));

/**
 * So many of the cases in `npm test`, in their order, drawn anew in each run; all of them in `npm run test:long`.
 *
 * @example it.each(drawn(failpoints, 4))('at %s', …)
 */
export function drawn<Case>(cases: readonly Case[], count: number, seed = sampleSeed): readonly Case[] {
  if (isLong || cases.length <= count) return cases;
  const next = seededNumbers(seed);
  // The first numbers of neighbouring seeds are alike.
  for (let skipped = 0; skipped < 8; skipped += 1) next();
  const ranks = cases.map(() => next());
  const chosen = new Set(
    ranks
      .map((rank, index) => ({ rank, index }))
      .sort((a, b) => a.rank - b.rank)
      .slice(0, count)
      .map(({ index }) => index),
  );
  return cases.filter((_, index) => chosen.has(index));
}

import { seededNumbers } from './vector-store/fixtures.js';

const environment =
  (globalThis as { readonly process?: { readonly env: Readonly<Record<string, string | undefined>> } }).process?.env ??
  {};

/** Whether the tests run at full size (`npm run test:long`). `npm test` uses a sample where the full size would take minutes. */
export const isLong = environment['HEDDLE_TEST_LONG'] === '1';

/** The seed of this run's samples. `npm test` chooses one for the whole run and prints it if a test fails. */
export const sampleSeed = Number(environment['HEDDLE_SAMPLE_SEED'] ?? Math.floor(Math.random() * 1_000_000));

/**
 * In `npm test`, returns `count` randomly chosen cases in their order; in `npm run test:long`, all cases.
 *
 * @example it.each(drawn(failpoints, 4))('at %s', …)
 */
export function drawn<Case>(cases: readonly Case[], count: number, seed = sampleSeed): readonly Case[] {
  if (isLong || cases.length <= count) return cases;
  const next = seededNumbers(seed);
  // The first numbers of neighbouring seeds are similar.
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

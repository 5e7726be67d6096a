import { pack, type Range } from './pack.js';
import type { Measure } from './measure.js';
import { wordRuns } from './units.js';

/**
 * Yields windows of `maxTokens` tokens, regardless of sentences and headings; each window repeats the last `overlapTokens` tokens of the
 * one before.
 */
export function* fixedWindows(measure: Measure, overlapTokens: number): Generator<Range> {
  const step = Math.max(1, measure.maxTokens - overlapTokens);
  yield* pack(measure, wordRuns(measure.within(step), 0, measure.text.length), {
    overlapTokens,
  });
}

import { pack, type Range } from './pack.js';
import type { Measure } from './measure.js';
import { wordRuns } from './units.js';

/** Windows of `maxTokens` tokens that ignore sentences and headings; each repeats the last `overlapTokens` of the one before. */
export function* fixedWindows(measure: Measure, overlapTokens: number): Generator<Range> {
  const step = Math.max(1, measure.maxTokens - overlapTokens);
  yield* pack(measure, wordRuns(measure.within(step), 0, measure.text.length), {
    overlapTokens,
  });
}

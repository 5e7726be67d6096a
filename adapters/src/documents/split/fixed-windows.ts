import { pack, type Range } from './pack.js';
import { wordRuns, type Measure } from './units.js';

/** Windows of `maxTokens` tokens that ignore sentences and headings; each repeats the last `overlapTokens` of the one before. */
export function* fixedWindows(measure: Measure, overlapTokens: number): Generator<Range> {
  const step = Math.max(1, measure.maxTokens - overlapTokens);
  yield* pack(measure, wordRuns({ ...measure, maxTokens: step }, 0, measure.text.length), { overlapTokens });
}

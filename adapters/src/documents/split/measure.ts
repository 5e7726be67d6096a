import type { Tokenizer } from '@heddle/core';

/** Measures ranges of one text in tokens. `maxTokens` is the size of a passage. */
export interface Measure {
  readonly text: string;
  readonly maxTokens: number;
  /** The number of tokens in a range. The last results are cached: a splitter measures the same text more than once. */
  count(start: number, end: number): number;
  /** The start and end of each token in a range, counted from the start of the range. */
  offsets(start: number, end: number): ReturnType<Tokenizer['offsets']>;
  /** A measure of the same text for passages of another size. It shares the cached results. */
  within(maxTokens: number): Measure;
}

/** How many results are cached. The text of a range is the key, so a repeated text is measured once. */
const rememberedCounts = 256;
const rememberedOffsets = 8;

export function createMeasure(text: string, tokenizer: Tokenizer, maxTokens: number): Measure {
  const counts = remember((stretch) => tokenizer.count(stretch), rememberedCounts);
  const offsets = remember((stretch) => tokenizer.offsets(stretch), rememberedOffsets);
  const within = (most: number): Measure => ({
    text,
    maxTokens: most,
    count: (start, end) => counts(text.slice(start, end)),
    offsets: (start, end) => offsets(text.slice(start, end)),
    within,
  });
  return within(maxTokens);
}

/** Caches the results of a function; forgets all of them when there are more than `most`. */
function remember<Result>(work: (stretch: string) => Result, most: number): (stretch: string) => Result {
  const results = new Map<string, Result>();
  return (stretch) => {
    const known = results.get(stretch);
    if (known !== undefined) return known;
    if (results.size >= most) results.clear();
    const result = work(stretch);
    results.set(stretch, result);
    return result;
  };
}

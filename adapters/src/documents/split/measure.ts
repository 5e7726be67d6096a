import type { Tokenizer } from '@heddle/core';

/** The text that is cut, its size in tokens, and what fits into one passage. */
export interface Measure {
  readonly text: string;
  readonly maxTokens: number;
  /** Tokens of a stretch. A splitter asks for the same one several times, and a text may say the same again and again. */
  count(start: number, end: number): number;
  /** Where the tokens of a stretch begin and end, counted from its start. */
  offsets(start: number, end: number): ReturnType<Tokenizer['offsets']>;
  /** The same text for passages of another size. */
  within(maxTokens: number): Measure;
}

/** Stretches of text whose figures are remembered: by what they say, not by where they stand. */
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

/** A function whose last results are kept; all are forgotten when there are too many. */
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

import type { Tokenizer } from '@heddle/core';

/** The text that is cut, its size in tokens, and what fits into one passage. */
export interface Measure {
  readonly text: string;
  readonly tokenizer: Tokenizer;
  readonly maxTokens: number;
  /** Tokens of a stretch. The last stretches are remembered: a splitter asks for the same one several times. */
  count(start: number, end: number): number;
}

const remembered = 256;

export function createMeasure(text: string, tokenizer: Tokenizer, maxTokens: number): Measure {
  const counts = new Map<string, number>();
  return {
    text,
    tokenizer,
    maxTokens,
    count: (start, end) => {
      const key = `${start}-${end}`;
      const known = counts.get(key);
      if (known !== undefined) return known;
      if (counts.size >= remembered) counts.clear();
      const tokens = tokenizer.count(text.slice(start, end));
      counts.set(key, tokens);
      return tokens;
    },
  };
}

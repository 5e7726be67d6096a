import type { Tokenizer } from '@heddle/core';

/** A tokenizer for tests: a token is a run of at most eight letters or digits, or one other visible character. */
export function wordTokenizer(): Tokenizer {
  const offsets = (text: string): readonly (readonly [number, number])[] =>
    [...text.matchAll(/[\p{L}\p{N}]{1,8}|[^\s\p{L}\p{N}]/gu)].map(
      (match) => [match.index, match.index + match[0].length] as const,
    );
  return { id: 'words', count: (text) => offsets(text).length, offsets };
}

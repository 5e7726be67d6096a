import { NewSplitter, type SplitterOptions } from '@heddle/core';

/** Tokens of the model's window that are reserved for the title and headings of a passage. */
const contextTokens = 34;
/** Tokens that are reserved for a passage header. */
const headerTokens = 64;
/** The largest default size, for models with a large window: a passage should cover one subject. */
const largestDefault = 254;
/** Special tokens that an embedder adds around a text. */
export const specialTokens = 2;

/**
 * The splitter of a new collection. The default size is what the embedding model reads, less the tokens for title and headings, and for a
 * header.
 *
 * @example newSplitter({ kind: 'sentence' }, 256) // { kind: 'sentence', maxTokens: 220, overlapTokens: 20, context: true }
 */
export function newSplitter(request: NewSplitter | undefined, modelTokens: number): SplitterOptions {
  const { context = true, maxTokens, ...rest } = NewSplitter.parse(request ?? {});
  const window = Math.min(modelTokens - specialTokens, largestDefault);
  const beside = (context ? contextTokens : 0) + (rest.header === undefined ? 0 : headerTokens);
  const size = Math.max(16, window - beside);
  return { ...rest, context, maxTokens: maxTokens ?? size };
}

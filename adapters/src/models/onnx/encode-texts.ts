import { type LoadedTokenizer } from '../tokenizers/load-tokenizer.js';

/** The token ids of a text or a pair of texts, cut to the length that the model accepts. */
export interface EncodedText {
  readonly ids: readonly number[];
  readonly types: readonly number[];
  /** The number of tokens before the cut. Characters far beyond the limit are not counted. */
  readonly whole: number;
}

/** Encodes a text with the model's special tokens. Keeps the beginning of a text that is too long. */
export function encodeText({ tokenizer }: LoadedTokenizer, text: string, maxTokens: number): EncodedText {
  // A token has at most 64 characters, so text beyond the limit need not be tokenized.
  const { ids } = tokenizer.encode(text.slice(0, maxTokens * longestToken));
  return { ids: cut(ids, maxTokens), types: [], whole: ids.length };
}

/** Encodes a query and a passage as one input. The passage is cut, not the query. */
export function encodePair(
  { tokenizer }: LoadedTokenizer,
  query: string,
  passage: string,
  maxTokens: number,
): EncodedText {
  const encoded = tokenizer.encode(query, {
    text_pair: passage.slice(0, maxTokens * longestToken),
    return_token_type_ids: true,
  });
  const types = cut(encoded.token_type_ids ?? [], maxTokens, 1);
  return { ids: cut(encoded.ids, maxTokens), types, whole: encoded.ids.length };
}

const longestToken = 64;

/** Cuts tokens but keeps the last one, which marks the end of the input for the model. */
function cut(ids: readonly number[], maxTokens: number, last = ids.at(-1)): readonly number[] {
  if (ids.length <= maxTokens) return ids;
  return [...ids.slice(0, maxTokens - 1), last ?? 0];
}

/** Groups inputs of similar length into batches of at most `batchTokens` padded tokens. Returns the indexes of the inputs. */
export function planBatches(lengths: readonly number[], batchTokens: number): readonly (readonly number[])[] {
  const order = lengths.map((_, index) => index).sort((left, right) => (lengths[left] ?? 0) - (lengths[right] ?? 0));
  const batches: number[][] = [];
  for (const index of order) {
    const batch = batches.at(-1);
    const padded = ((batch?.length ?? 0) + 1) * (lengths[index] ?? 0);
    if (batch !== undefined && padded <= batchTokens) batch.push(index);
    else batches.push([index]);
  }
  return batches;
}

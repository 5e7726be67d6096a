import { type Tokenizer } from '@heddle/core';
import { loadTokenizer, type TokenizerFile } from './load-tokenizer.js';
import { tokenOffsets } from './token-offsets.js';

/** Loads a model's tokenizer into this process. It takes about a megabyte and is synchronous once it is loaded. */
export async function createTokenizer(id: string, file: TokenizerFile): Promise<Tokenizer> {
  const loaded = await loadTokenizer(file);
  return {
    id,
    count: (text) => loaded.tokenizer.encode(text, { add_special_tokens: false }).ids.length,
    offsets: (text) => tokenOffsets(loaded, text),
  };
}

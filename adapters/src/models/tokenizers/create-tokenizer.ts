import { type Tokenizer } from '@heddle/core';
import { loadTokenizer, type TokenizerFile } from './load-tokenizer.js';
import { tokenOffsets } from './token-offsets.js';

/** A model's tokenizer for this process: about a megabyte, and synchronous once it is loaded. */
export async function createTokenizer(id: string, file: TokenizerFile): Promise<Tokenizer> {
  const loaded = await loadTokenizer(file);
  return {
    id,
    count: (text) => loaded.tokenizer.encode(text, { add_special_tokens: false }).ids.length,
    offsets: (text) => tokenOffsets(loaded, text),
  };
}

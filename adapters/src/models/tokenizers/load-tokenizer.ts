import { readFile } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';
import * as library from '@huggingface/tokenizers';
import { z } from 'zod';
import { bertTokenizerJson } from './bert-tokenizer-json.js';

/** The file of a model's tokenizer: a complete tokenizer.json, or a vocabulary from which one is built. */
export interface TokenizerFile {
  readonly role: 'tokenizer' | 'vocabulary';
  readonly path: string;
}

const TokenizerJson = z.looseObject({ model: z.looseObject({ type: z.string().optional() }) });

interface BaseTokenizer {
  encode(
    text: string,
    options?: { text_pair?: string; add_special_tokens?: boolean; return_token_type_ids?: boolean },
  ): { readonly ids: readonly number[]; readonly token_type_ids?: readonly number[] };
  tokenize(text: string, options?: { add_special_tokens?: boolean }): readonly string[];
}

// The library's type declarations do not resolve under nodenext, because they import without extensions; hence this cast.
const { Tokenizer } = library as unknown as { Tokenizer: new (json: object, config: object) => BaseTokenizer };

/** A tokenizer with its properties. */
export interface LoadedTokenizer {
  readonly tokenizer: BaseTokenizer;
  /** Such as `WordPiece`, `BPE` or `Unigram`. */
  readonly type: string;
  readonly isByteLevel: boolean;
  readonly isLowercase: boolean;
}

/** Reads a tokenizer. Errors: `model_file_invalid`. */
export async function loadTokenizer({ role, path }: TokenizerFile): Promise<LoadedTokenizer> {
  const text = await readFile(path, 'utf8');
  try {
    const json = role === 'vocabulary' ? bertTokenizerJson(text) : (JSON.parse(text) as object); // The next line checks the content.
    const { model } = TokenizerJson.parse(json);
    const written = JSON.stringify({ ...json, model: undefined });
    return {
      tokenizer: new Tokenizer(json, {}),
      type: model.type ?? 'BPE',
      isByteLevel: written.includes('"ByteLevel"'),
      isLowercase: /"lowercase":true|"type":"Lowercase"/.test(written),
    };
  } catch (error) {
    throw new HeddleError('model_file_invalid', `'${path}' is not a usable tokenizer: fetch the model again.`, {
      cause: error,
    });
  }
}

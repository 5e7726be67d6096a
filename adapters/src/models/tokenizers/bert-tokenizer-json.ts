import { HeddleError } from '@heddle/core';
import { z } from 'zod';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/**
 * Builds a tokenizer.json for an uncased BERT model from its vocabulary. This is either a JSON list in which tokens that start a word begin
 * with `▁`, or the usual vocab.txt, in which tokens that continue a word begin with `##`.
 */
export function bertTokenizerJson(vocabulary: string): object {
  const tokens =
    vocabulary.trimStart().startsWith('[') && !vocabulary.startsWith('[PAD]')
      ? fromList(vocabulary)
      : vocabulary.split(/\r?\n/).filter((token) => token !== '');
  const ids = new Map(tokens.map((token, index) => [token, index]));
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined)
      throw new HeddleError(
        'model_file_invalid',
        `The vocabulary has no token '${token}': it is not a BERT vocabulary.`,
      );
    return id;
  };
  const single = (token: string): object => ({ SpecialToken: { id: token, type_id: 0 } });
  return {
    version: '1.0',
    added_tokens: special.map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [single('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, single('[SEP]')],
      pair: [
        single('[CLS]'),
        { Sequence: { id: 'A', type_id: 0 } },
        single('[SEP]'),
        { Sequence: { id: 'B', type_id: 1 } },
        { SpecialToken: { id: '[SEP]', type_id: 1 } },
      ],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [idOf(token)], tokens: [token] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(ids),
    },
  };
}

function fromList(vocabulary: string): readonly string[] {
  const list = z.array(z.string()).parse(JSON.parse(vocabulary));
  const reserved = new Set<string>(special);
  return list.map((token) =>
    token.startsWith('\u2581') ? token.slice(1) : reserved.has(token) ? token : `##${token}`,
  );
}

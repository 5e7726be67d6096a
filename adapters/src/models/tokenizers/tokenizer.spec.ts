import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Tokenizer } from '@heddle/core';
import { createTokenizer } from './create-tokenizer.js';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-tokenizer-'));

async function load(name: string, role: 'vocabulary' | 'tokenizer', content: unknown): Promise<Tokenizer> {
  const file = path.join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return createTokenizer(name, { role, path: file });
}

const words = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  '\u2581the',
  '\u2581cafe',
  '\u2581run',
  'ning',
  's',
  '\u2581,',
  '\u2581.',
  '\u2581\u6f22',
  '\u2581\u5b57',
];
const pieces = (tokenizer: Tokenizer, text: string): string[] =>
  tokenizer.offsets(text).map(([start, end]) => text.slice(start, end));

describe('a tokenizer made from a BERT vocabulary', () => {
  it('makes one token with its range of each unknown Chinese character', async () => {
    const tokenizer = await load('unknown.json', 'vocabulary', words);
    const text = 'the 龍虎xq漢龍, 虎';
    expect(pieces(tokenizer, text)).toEqual(['the', '龍', '虎', 'xq', '漢', '龍', ',', '虎']);
    expect(tokenizer.count(text)).toBe(8);
  });

  it('counts tokens without the special ones', async () => {
    const tokenizer = await load('v.json', 'vocabulary', words);
    expect(tokenizer.count('The running, runs.')).toBe(7);
    expect(tokenizer.count('')).toBe(0);
  });

  it('returns the range of each token, with case, accents and unusual spaces', async () => {
    const tokenizer = await load('v.json', 'vocabulary', words);
    expect(pieces(tokenizer, ' The\u00a0 Caf\u00e9 running,\nruns.')).toEqual([
      'The',
      'Caf\u00e9',
      'run',
      'ning',
      ',',
      'run',
      's',
      '.',
    ]);
    expect(pieces(tokenizer, 'Cafe\u0301 the')).toEqual(['Cafe\u0301', 'the']);
    expect(pieces(tokenizer, '\u6f22\u5b57the')).toEqual(['\u6f22', '\u5b57', 'the']);
  });

  it('gives an unknown word its whole range, and continues after it', async () => {
    const tokenizer = await load('v.json', 'vocabulary', words);
    expect(pieces(tokenizer, 'the \u{1F600}zzz, the')).toEqual(['the', '\u{1F600}zzz', ',', 'the']);
  });

  it('also reads the usual vocab.txt', async () => {
    const plain = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'run', '##ning'].join('\n');
    expect(pieces(await load('vocab.txt', 'vocabulary', plain), 'the running')).toEqual(['the', 'run', 'ning']);
  });

  it('refuses a vocabulary of another kind', async () => {
    await expect(load('bad.json', 'vocabulary', ['a', 'b'])).rejects.toMatchObject({ code: 'model_file_invalid' });
  });
});

describe('a tokenizer.json', () => {
  it('gives offsets in UTF-16 for a byte-level vocabulary', async () => {
    const vocab = Object.fromEntries(
      ['a', 'b', '\u0120', 'h', 'i', '\u00f0', '\u0141', '\u013a', '\u0122', '\u0120hi', 'hi'].map((token, index) => [
        token,
        index,
      ]),
    );
    const tokenizer = await load('bpe.json', 'tokenizer', {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: { type: 'BPE', vocab, merges: ['h i', '\u0120 hi'] },
    });
    const text = 'hi hi';
    expect(pieces(tokenizer, text)).toEqual(['hi', ' hi']);
  });

  it('refuses a broken file', async () => {
    await expect(load('broken.json', 'tokenizer', '{"model": 3}')).rejects.toMatchObject({
      code: 'model_file_invalid',
    });
  });
});

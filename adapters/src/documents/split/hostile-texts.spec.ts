import { describe, expect, it } from '@jest/globals';
import type { ParsedDocument, Tokenizer } from '@heddle/core';
import { splitDocument } from './split-document.js';

/** A tokenizer that counts the characters of its inputs. */
function counting(offsets: Tokenizer['offsets']): Tokenizer & { work: number } {
  const tokenizer = {
    id: 'counting',
    work: 0,
    count: (text: string) => {
      tokenizer.work += text.length;
      return text.length;
    },
    offsets: (text: string) => {
      tokenizer.work += text.length;
      return offsets(text);
    },
  };
  return tokenizer;
}
const eachSign: Tokenizer['offsets'] = (text) => Array.from(text, (_, index) => [index, index + 1] as const);
const document = (text: string): ParsedDocument => ({ mediaType: 'text/plain', text, format: 'text', spans: [] });
const options = { kind: 'markdown', maxTokens: 256, overlapTokens: 32 } as const;

describe('a hostile text', () => {
  it.each(['[', 'word '])('is counted once, not once for each passage, when it repeats %j', (part) => {
    const tokenizer = counting(eachSign);
    const text = part.repeat(1_000_000 / part.length);
    const chunks = [...splitDocument(document(text), options, tokenizer)];
    expect(chunks.length).toBeGreaterThan(3_500);
    expect(tokenizer.work).toBeLessThan(text.length / 4);
  });

  it('is cut in a few tries when its tokens are not where the tokenizer says', () => {
    const tokenizer = counting((text) => [
      [0, text.length],
      ...eachSign(text).map(() => [text.length, text.length] as const),
    ]);
    const text = Array.from({ length: 100_000 }, (_, index) =>
      String.fromCharCode(0x4e00 + ((index * index) % 20_000)),
    ).join('');
    const chunks = [...splitDocument(document(text), options, tokenizer)];
    expect(chunks.every(({ tokens }) => tokens <= 256)).toBe(true);
    // One try for each passage reads sixteen times the text; steps of a tenth read it 160 times.
    expect(tokenizer.work).toBeLessThan(text.length * 40);
  });
});

import { describe, expect, it } from '@jest/globals';
import { wordTokenizer } from '../testing/word-tokenizer.js';
import { embeddedText } from './embedded-text.js';

const tokenizer = wordTokenizer();
const read = (text: string, context: readonly string[], maxTokens = 20) =>
  embeddedText({ text, tokens: tokenizer.count(text), context }, tokenizer, maxTokens);

describe('what the model reads of a passage', () => {
  it('begins with title and headings', () => {
    expect(read('We answer from nine to five', ['Support', 'Opening hours'])).toEqual({
      text: 'Support\nOpening hours\nWe answer from nine to five',
      tokens: 9,
    });
  });

  it('does not repeat what the text says itself', () => {
    expect(read('# Hours\n\nNine to five', ['Hours', 'Hours']).text).toBe('# Hours\n\nNine to five');
  });

  it('does not count a title that cannot fit, however long it is', () => {
    const counted: string[] = [];
    const counting = { ...tokenizer, count: (text: string) => (counted.push(text), tokenizer.count(text)) };
    const context = ['x'.repeat(5_000_000), 'Support'];
    expect(embeddedText({ text: 'one', tokens: 1, context }, counting, 20).text).toBe('Support\none');
    expect(counted).toEqual(['Support']);
  });

  it('leaves out what the window has no room for', () => {
    expect(read('one two three', ['a title that is long', 'short'], 5)).toEqual({
      text: 'short\none two three',
      tokens: 4,
    });
  });
});

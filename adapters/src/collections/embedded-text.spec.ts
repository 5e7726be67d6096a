import { describe, expect, it } from '@jest/globals';
import { wordTokenizer } from '../testing/word-tokenizer.js';
import { embeddedText } from './embedded-text.js';

const tokenizer = wordTokenizer();
const read = (text: string, context: readonly string[], maxTokens = 20) =>
  embeddedText({ text, tokens: tokenizer.count(text), context }, tokenizer, maxTokens);

describe('the text of a passage that is embedded', () => {
  it('begins with the title and the headings', () => {
    expect(read('We answer from nine to five', ['Support', 'Opening hours'])).toEqual({
      text: 'Support\nOpening hours\nWe answer from nine to five',
      tokens: 9,
    });
  });

  it('does not repeat a heading that the text contains', () => {
    expect(read('# Hours\n\nNine to five', ['Hours', 'Hours']).text).toBe('# Hours\n\nNine to five');
  });

  it('does not count the tokens of a title that cannot fit', () => {
    const counted: string[] = [];
    const counting = { ...tokenizer, count: (text: string) => (counted.push(text), tokenizer.count(text)) };
    const context = ['x'.repeat(5_000_000), 'Support'];
    expect(embeddedText({ text: 'one', tokens: 1, context }, counting, 20).text).toBe('Support\none');
    expect(counted).toEqual(['Support']);
  });

  it('leaves out headings that do not fit the window', () => {
    expect(read('one two three', ['a title that is long', 'short'], 5)).toEqual({
      text: 'short\none two three',
      tokens: 4,
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { markQueryTerms, splitByPassages } from './split-by-passages.js';

describe('pieces of a text', () => {
  it('are cut where passages begin, overlap and end, and join to the whole text', () => {
    const text = 'abcdefghij';
    const found = splitByPassages(text, [
      { start: 0, end: 4 },
      { start: 3, end: 6 },
      { start: 7, end: 99 },
    ]);
    expect(found.map(({ text: part, passages }) => `${part}:${passages.join()}`)).toEqual([
      'abc:0',
      'd:0,1',
      'ef:1',
      'g:',
      'hij:2',
    ]);
    expect(found.map((piece) => piece.text).join('')).toBe(text);
  });

  it('are the whole text when there are no passages, and none for an empty text', () => {
    expect(splitByPassages('abc', [])).toEqual([{ start: 0, text: 'abc', passages: [] }]);
    expect(splitByPassages('', [])).toEqual([]);
  });
});

describe('hits in a text', () => {
  it('are the words of the query in any case, also in the plural, without short words', () => {
    expect(markQueryTerms('The Meal allowance is 48 euro', 'meal of 48 EURO')).toEqual([
      { text: 'The ', isMarked: false },
      { text: 'Meal', isMarked: true },
      { text: ' allowance is 48 ', isMarked: false },
      { text: 'euro', isMarked: true },
    ]);
    expect(markQueryTerms('Further, the warranties and a Warranty last', 'How long is the warranty?')).toEqual([
      { text: 'Further, the warranties and a ', isMarked: false },
      { text: 'Warranty', isMarked: true },
      { text: ' last', isMarked: false },
    ]);
    expect(markQueryTerms('Meals, not oatmeal', 'the meal').filter(({ isMarked }) => isMarked)).toEqual([
      { text: 'Meals', isMarked: true },
    ]);
    expect(markQueryTerms('a+b (c)', '+ ( of')).toEqual([{ text: 'a+b (c)', isMarked: false }]);
  });
});

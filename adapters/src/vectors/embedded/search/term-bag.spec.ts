import { describe, expect, it } from '@jest/globals';
import { countsText } from './choose-terms.js';
import { openFile } from '../open-file.js';
import { bagTokens, createTermCutter, hashTerm, packBag, termCount } from './term-bag.js';

describe('term bag', () => {
  it('counts how often each term occurs', () => {
    const { bag, tokens } = packBag([
      { hash: hashTerm('robin'), count: 3 },
      { hash: hashTerm('eagl'), count: 1 },
      { hash: hashTerm('long'), count: 300 },
    ]);

    expect(['robin', 'eagl', 'long', 'none'].map((term) => termCount(bag, hashTerm(term)))).toEqual([3, 1, 255, 0]);
    expect([tokens, bagTokens(bag)]).toEqual([304, 304]);
  });

  it('is empty for a text without words', () => {
    const { bag } = packBag([]);

    expect([bagTokens(bag), termCount(bag, hashTerm('robin'))]).toEqual([0, 0]);
  });

  it('splits text as the full-text index does: stems, case, accents', () => {
    const database = openFile({ file: ':memory:' });
    const cutter = createTermCutter(database);

    const { bag, tokens } = cutter.bagOf('Running runs: the café, CAFE and naïve.');

    expect(cutter.termsOf(['running', 'Café', '—', 'naive'])).toEqual(['run', 'cafe', undefined, 'naiv']);
    expect([termCount(bag, hashTerm('run')), termCount(bag, hashTerm('cafe')), tokens]).toEqual([2, 2, 7]);
    database.close();
  });
});

describe('countWords', () => {
  const wordsOf = (text: string): readonly string[] => [...countsText(text).keys()];

  it('counts how often each word occurs in the text', () => {
    expect([...countsText('Robins, Robins and an eagle: ROBINS.')]).toEqual([
      ['robins', 3],
      ['eagle', 1],
    ]);
  });

  it('leaves stop words out unless there is nothing else', () => {
    expect(wordsOf('Where do the robins live?')).toEqual(['robins', 'live']);
    expect(wordsOf('to be or not to be')).toEqual(['to', 'be', 'or', 'not']);
  });

  it('reads words of any script and no punctuation', () => {
    expect(wordsOf('Ключ—鍵 "x*" (naïve)\u0000end')).toEqual(['ключ', '鍵', 'x', 'naïve', 'end']);
    expect(wordsOf('!?* ()')).toEqual([]);
  });
});

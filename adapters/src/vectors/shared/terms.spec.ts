import Database from 'better-sqlite3';
import { describe, expect, it } from '@jest/globals';
import { english } from '../embedded/languages/languages.js';
import { createTermCutter } from '../embedded/search/term-bag.js';
import { tokenizer } from '../embedded/tables.js';
import { questionTerms, countTerms } from './terms.js';

const words =
  `connect connections connected condition conditional completions transactions precision revision popović caresses ponies
  relational hopefulness electricity adjustable controlling happy sky dying généralement running naïve probate rate ceased`.split(
    /\s+/,
  );

describe('terms of passages on servers', () => {
  it('are stemmed in English as in the words table of the embedded store', () => {
    const database = new Database(':memory:');
    database.exec(`
      CREATE VIRTUAL TABLE temp.cut USING fts5(word, content='', tokenize='${tokenizer}');
      CREATE VIRTUAL TABLE temp.cut_places USING fts5vocab(temp, cut, 'instance');
      CREATE VIRTUAL TABLE temp.cut_counts USING fts5vocab(temp, cut, 'row');`);
    const ours = words.map((word) => [...countTerms({ text: word }, english).counts.keys()][0]);
    expect(ours).toEqual(createTermCutter(database).termsOf(words));
    database.close();
  });

  it('match between a question and a passage in any form of a word', () => {
    const { counts } = countTerms({ text: 'Several connections' }, english);
    expect([...questionTerms('connect', ['en']).keys()].every((term) => counts.has(term))).toBe(true);
  });
});

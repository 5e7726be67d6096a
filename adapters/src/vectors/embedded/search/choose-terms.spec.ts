import { afterEach, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';
import { createTermChoice, type TermChoice } from './choose-terms.js';
import { openFile } from '../open-file.js';
import type { Statements } from '../tables.js';
import { createTermCutter } from './term-bag.js';

describe('choice of terms', () => {
  let database: Database;
  let checks: string[];
  const choiceWith = (counts: Readonly<Record<string, number>>, codes: readonly string[] = []): TermChoice => {
    database = openFile({ file: ':memory:' });
    checks = [];
    const get = (term: string): number | undefined => {
      checks.push(term);
      return counts[term];
    };
    const languages = { all: () => codes };
    return createTermChoice(createTermCutter(database), {
      documentsOfTerm: { get },
      languages,
    } as unknown as Statements); // The statements that the code uses.
  };
  afterEach(() => {
    database.close();
  });

  it('uses all words of a question in a small collection, the rarest first', () => {
    const choose = choiceWith({ robin: 3, sing: 20, winter: 9 });

    const terms = [
      { word: 'robins', term: 'robin', passages: 3, asked: 1 },
      { word: 'winter', term: 'winter', passages: 9, asked: 1 },
      { word: 'sing', term: 'sing', passages: 20, asked: 1 },
    ];
    expect(choose('Robins sing in winter', 100)).toEqual({ finding: terms, terms });
  });

  it('sums how often the question contains a term in any form', () => {
    const choose = choiceWith({ robin: 3, sing: 20 });

    expect(choose('Robins sing: one robin sings, the other robins sing', 100)?.terms).toEqual([
      { word: 'robins', term: 'robin', passages: 3, asked: 3 },
      { word: 'sing', term: 'sing', passages: 20, asked: 3 },
    ]);
  });

  it('searches for the rare words of a question in a large collection, and also scores by the common words', () => {
    const choose = choiceWith({ robin: 300, sing: 60_000, winter: 2000, bird: 19_000 });

    const asked = choose('Which birds, robins say, sing in winter?', 100_000);

    expect(asked?.finding.map(({ word }) => word)).toEqual(['robins', 'winter']);
    expect(asked?.terms.map(({ passages }) => passages)).toEqual([300, 2000, 19_000, 60_000]);
  });

  it('keeps the two rarest words even when both are common', () => {
    const choose = choiceWith({ sing: 60_000, winter: 50_000, bird: 70_000 });

    expect(choose('birds sing winter', 100_000)?.finding.map(({ word }) => word)).toEqual(['winter', 'sing']);
  });

  it('finds no terms when the collection contains none of the words', () => {
    const choose = choiceWith({ robin: 3 });

    expect(choose('eagle', 100)).toBeUndefined();
    expect(choose('?!', 100)).toBeUndefined();
  });

  it('caches how rare a word is until the collection has changed by a tenth', () => {
    const choose = choiceWith({ robin: 3 });

    choose('robin', 1000);
    choose('robins', 1050);
    expect(checks).toEqual(['robin']);
    choose('robin', 1200);
    expect(checks).toEqual(['robin', 'robin']);
  });

  it('finds a new word as soon as a passage holds it', () => {
    const counts: Record<string, number> = {};
    const choose = choiceWith(counts);

    expect(choose('robin', 1000)).toBeUndefined();
    counts['robin'] = 1;
    expect(choose('robin', 1001)?.terms).toMatchObject([{ word: 'robin', passages: 1 }]);
  });

  it('looks for a word as each language of the collection stems it', () => {
    const choose = choiceWith({ kundig: 3, hund: 4, hunden: 5 }, ['en', 'de']);

    expect(choose('Wie sind die Kündigungen?', 100)?.terms.map(({ word, asked }) => [word, asked])).toEqual([
      ['kundig', 1],
    ]);
    expect(choose('hund', 100)?.terms.map(({ word, asked }) => [word, asked])).toEqual([['hund', 1]]);
  });

  it('drops the stop words of the language of the question', () => {
    const choose = choiceWith({ die: 9, hamburg: 2 }, ['en', 'de']);

    expect(choose('wo ist die hamburg', 100)?.terms.map(({ word }) => word)).toEqual(['hamburg']);
    expect(choose('did he die in hamburg', 100)?.terms.map(({ word }) => word)).toEqual(['hamburg', 'die']);
  });
});

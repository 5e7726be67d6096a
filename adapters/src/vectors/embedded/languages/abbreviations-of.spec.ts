import { describe, expect, it } from '@jest/globals';
import { stopWords } from '@heddle/core';
import { abbreviationsOf } from './abbreviations-of.js';

const of = (text: string): readonly string[] => [...abbreviationsOf(text, stopWords).keys()];

describe('abbreviations that a text may mean', () => {
  it('are the initials of three to six words in a row', () => {
    expect(of('Is double balloon enteroscopy safe?')).toEqual(['dbe', 'dbes', 'bes']);
    expect(of('one two three four five six seven')).toEqual(
      expect.arrayContaining(['ott', 'ottf', 'ottff', 'ottffs', 'fss']),
    );
    expect(of('one two three four five six seven')).not.toContain('ottffss');
  });

  it('do not begin or end with a stop word, and may contain one', () => {
    expect(of('What is the quality of life?')).toEqual(['qol']);
    expect(of('Where do they all go to?')).toEqual([]);
  });

  it('do not extend across a punctuation mark that ends a name', () => {
    expect(of('Double balloon, enteroscopy: safe practice')).toEqual([]);
    expect(of('magnetic-resonance imaging')).toEqual(['mri']);
    expect(of("Crohn's disease activity")).toEqual(['cda']);
    expect(of('type 1 diabetes mellitus')).toEqual([]);
  });

  it('exist only in scripts that have capital letters', () => {
    expect(of('東京都の保証')).toEqual([]);
    expect(of('ماهي مدة الضمان هنا')).toEqual([]);
    expect(of('Организация Объединённых Наций')).toEqual(['оон']);
  });

  it('are empty when the text is long or hostile', () => {
    const words = Array.from({ length: 24 }, () => 'word').join(' ');
    expect(of(words)).toEqual(['www', 'wwww', 'wwwww', 'wwwwww']);
    expect(of(`${words} word`)).toEqual([]);
    expect(of(`${'x'.repeat(1_000)} yes zoo`)).toEqual([]);
    expect(of('𝒳 '.repeat(3))).toEqual([]);
    expect(of('\ud800 \ud800 \ud800')).toEqual([]);
  });
});

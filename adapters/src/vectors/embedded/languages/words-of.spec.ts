import { describe, expect, it } from '@jest/globals';
import { languages } from './languages.js';
import { replaceWords, withPairs, wordsOf } from './words-of.js';

describe('words of a text', () => {
  it('are in lower case, without punctuation', () => {
    expect([...wordsOf('Größe: 12,5 m – L’Été!')]).toEqual(['größe', '12', '5', 'm', 'l', 'été']);
  });

  it('are pairs of characters where a script has no spaces', () => {
    expect([...wordsOf('東京都の保証 3年')]).toEqual(['東京', '京都', '都の', 'の保', '保証', '3', '年']);
    expect([...wordsOf('보증 기간')]).toEqual(['보증', '기간']);
    expect(withPairs('a 𠀀𠀁𠀂 b')).toBe('a  𠀀𠀁 𠀁𠀂  b');
  });

  it('are replaced, and the rest of the text stays', () => {
    expect(replaceWords('Ja, zwei Häuser!', (word) => `<${word}>`)).toBe('<ja>, <zwei> <häuser>!');
  });
});

/** Two common forms of a word. */
const forms: Readonly<Record<string, readonly [string, string]>> = {
  ar: ['كتابان', 'كتاب'],
  da: ['garantierne', 'garanti'],
  de: ['kündigungen', 'kündigung'],
  el: ['εγγυησεις', 'εγγυηση'],
  es: ['garantías', 'garantía'],
  fi: ['takuuta', 'takuut'],
  fr: ['remboursements', 'remboursement'],
  hu: ['garanciák', 'garanciákat'],
  id: ['pembelian', 'membeli'],
  it: ['garanzie', 'garanzia'],
  nl: ['lampen', 'lamp'],
  no: ['lampene', 'lampen'],
  pt: ['garantias', 'garantia'],
  ro: ['garanțiilor', 'garanțiile'],
  ru: ['гарантии', 'гарантия'],
  sv: ['lamporna', 'lampor'],
  tr: ['lambalar', 'lambaların'],
};

describe('the stemmer of each language', () => {
  it.each(Object.entries(forms))('maps two forms of a word to the same stem: %s', (code, [first, second]) => {
    const stem = languages.get(code)?.stem;
    expect(stem?.(first)).toBe(stem?.(second));
  });

  it('has a test above for each language except English, which the tokenizer stems', () => {
    expect(Object.keys(forms).sort()).toEqual([...languages.keys()].filter((code) => code !== 'en').sort());
  });
});

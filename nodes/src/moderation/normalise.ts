/** Letters of other alphabets that resemble Latin letters, and digits and signs that are used as letters. */
const lookalikes = new Map(
  Object.entries({
    а: 'a',
    в: 'b',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    к: 'k',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
    ѕ: 's',
    т: 't',
    у: 'y',
    х: 'x',
    α: 'a',
    β: 'b',
    ε: 'e',
    η: 'n',
    ι: 'i',
    κ: 'k',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
    ı: 'i',
    ß: 'ss',
    ø: 'o',
    ł: 'l',
  }),
);
const digitsAsLetters = new Map(
  Object.entries({
    '0': 'o',
    '1': 'i',
    '3': 'e',
    '4': 'a',
    '5': 's',
    '7': 't',
    '8': 'b',
    '@': 'a',
    $: 's',
    '!': 'i',
    '|': 'i',
    '€': 'e',
  }),
);

/** A normalised text, and those of its words that were written with spaces between the letters. */
export interface Reading {
  readonly plain: string;
  readonly spaced: readonly string[];
}

/**
 * Normalises a text: removes accents and invisible characters, replaces similar letters of other alphabets and digits inside words, and
 * joins words with spaces or dots between the letters. Words are separated by single spaces, with one space before and after the text.
 *
 * @example normalise('Y0u  ѕ.t.u.p.i.d  FÓÓL') // ' you stupid fool '
 */
export const normalise = (text: string): string => read(text).plain;

/**
 * Like `normalise`, but also returns the words with spaces between the letters, because a neighbouring one-letter word gets joined to them.
 */
export function read(text: string): Reading {
  const plain = text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase();
  const words = plain.split(/\s+/u).map(readWord).join(' ').split(' ');
  const joined: string[] = [];
  const spaced: string[] = [];
  let letters = '';
  for (const word of [...words, '']) {
    if (word.length === 1 && /\p{L}/u.test(word)) letters += word;
    else {
      // Two single letters are separate words; three and more are one word with spaces between the letters.
      if (letters !== '') joined.push(letters.length > 2 ? letters : letters.replace(/(.)(.)/, '$1 $2'));
      if (letters.length > 2) spaced.push(letters);
      letters = '';
      if (word !== '') joined.push(word);
    }
  }
  return { plain: ` ${joined.join(' ')} `, spaced };
}

function readWord(word: string): string {
  const hasLetters = /\p{L}/u.test(word);
  const core = hasLetters ? word.replace(/^["'([{<]+|["')\]}>.,;:!?…]+$/gu, '') : word;
  let read = '';
  for (const sign of core) {
    const letter = lookalikes.get(sign) ?? (hasLetters ? digitsAsLetters.get(sign) : undefined) ?? sign;
    read += letter;
  }
  // Signs between single letters (s.t.u.p.i.d) disguise a word; between longer parts they separate words.
  const pieces = read.split(/[^\p{L}\p{N}]+/u).filter((piece) => piece !== '');
  return pieces.length > 2 && pieces.every((piece) => piece.length === 1) ? pieces.join('') : pieces.join(' ');
}

/** Collapses repeated letters: 'fooool' and 'fol' become equal. Used for words that are stretched with repeated letters. */
export const squeezed = (normalised: string): string => normalised.replace(/(\p{L})\1+/gu, '$1');

/** Letters of other alphabets that look like Latin ones, and digits and signs that are read as letters. */
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

/** What a text says: the text as a reader means it, and the words in it that were spaced out, as they were joined. */
export interface Reading {
  readonly plain: string;
  readonly spaced: readonly string[];
}

/**
 * A text as a reader means it: no accents, no invisible signs, no other alphabets' twins, digits read as letters inside words, words
 * that were spaced out or dotted joined again. Words stand between single spaces, one before and one after the whole.
 *
 * @example normalise('Y0u  ѕ.t.u.p.i.d  FÓÓL') // ' you stupid fool '
 */
export const normalise = (text: string): string => read(text).plain;

/** The same, with the words that were spaced out also by themselves: a word of one letter beside one was joined to it. */
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
      // Two letters alone are words of their own; three and more were spaced out.
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
  // Signs between single letters (s.t.u.p.i.d) hide a word; between longer pieces they part two.
  const pieces = read.split(/[^\p{L}\p{N}]+/u).filter((piece) => piece !== '');
  return pieces.length > 2 && pieces.every((piece) => piece.length === 1) ? pieces.join('') : pieces.join(' ');
}

/** The same with every letter once: 'fooool' and 'fol' are one. For words that were drawn out. */
export const squeezed = (normalised: string): string => normalised.replace(/(\p{L})\1+/gu, '$1');

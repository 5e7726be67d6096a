/** A word of a text in its normal form, in which "Days" equals "day" and "1,200" equals "1200". */
export interface Word {
  readonly form: string;
  readonly isNumber: boolean;
}

/** A comma joins digits only as in 1,200; elsewhere, as in a table row, it separates them. */
const wordPattern = /\p{N}+(?:[.:]\p{N}+|,\p{N}{3}(?!\p{N}))*|\p{L}[\p{L}\p{M}\p{N}]*(?:['’]\p{L}+)?/gu;
/** Scripts without spaces between words. The platform's segmenter finds their words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
/** Created at the first text that needs it, because the language data of the platform takes 6 MB. */
let segmenter: Intl.Segmenter | undefined;

const stopWords = new Set(
  `a about after all also an and any are as at be been before but by can could did do does for from had has have he her his how i if in into is it its itself just me my no not of on only or our out
  over own per same she should so some such than that the their them then there these they this those through to too under up us was we were what when where which while who whom why will with would you your
  answer question according passage passages based context text yes`.split(/\s+/),
);

const numerals = new Map(
  [
    'zero',
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
    'ten',
    'eleven',
    'twelve',
    'thirteen',
    'fourteen',
    'fifteen',
    'sixteen',
    'seventeen',
    'eighteen',
    'nineteen',
    'twenty',
  ].map((word, value) => [word, String(value)]),
);

/** The words of a text without stop words, in order. */
export function contentWords(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const raw of rawWords(text)) {
    const word = toWord(raw);
    if (word !== undefined) words.push(word);
  }
  return words;
}

function* rawWords(text: string): Generator<string> {
  const plain = text.normalize('NFKC').toLowerCase();
  if (!unspaced.test(plain)) {
    for (const match of plain.matchAll(wordPattern)) yield match[0];
    return;
  }
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  for (const { segment, isWordLike } of segmenter.segment(plain)) if (isWordLike === true) yield segment;
}

function toWord(raw: string): Word | undefined {
  if (/^\p{N}/u.test(raw)) return { form: raw.replaceAll(',', '').replace(/\.0+$/, ''), isNumber: true };
  const numeral = numerals.get(raw);
  if (numeral !== undefined) return { form: numeral, isNumber: true };
  if (stopWords.has(raw)) return undefined;
  return { form: stem(raw.replace(/['’]s$/, '')), isNumber: false };
}

/** Removes the most common English endings. This is enough to compare words and does no harm in other languages. */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3);
  if (word.length > 4 && word.endsWith('ed')) return word.slice(0, -2);
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  // "Allowances" and "allowance" have the same form.
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return withoutE(word.slice(0, -1));
  return withoutE(word);
}

const withoutE = (word: string): string => (word.length > 4 && word.endsWith('e') ? word.slice(0, -1) : word);

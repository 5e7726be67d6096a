import { packedText, type PackedMap } from './message-pack.js';
import { textNumber } from './string-hash.js';

/** What spaCy's models read of a word: its normal form, first character, last three characters and shape. */
type WordFeatures = readonly [norm: string, prefix: string, suffix: string, shape: string];

/** Signs that count as one (spaCy's BASE_NORMS). */
const signs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "'S": "'s",
    '’s': "'s",
    '’S': "'s",
    ...same("'", '’ ‘ ´ `'),
    ...same('"', "” “ '' `` ´´ „ » « ‘‘ ’’"),
    '？': '?',
    '！': '!',
    '，': ',',
    '；': ';',
    '：': ':',
    '。': '.',
    '।': '.',
    '…': '...',
    ...same('-', '— – -- --- ——'),
    ...same('$', '€ £ ¥ ฿ US$ C$ A$ ₺ ₹ ৳ ₩ Mex$ ₣ E£'),
  }),
);

function same(norm: string, forms: string): Record<string, string> {
  return Object.fromEntries(forms.split(' ').map((form) => [form, norm]));
}

const longestShape = 100;

/** Finds the features of words. `norms` holds spellings with a usual form, by the number of the word. */
export function createWordFeatures(norms: PackedMap): (word: string, norm?: string) => WordFeatures {
  const usual = new Map([...norms].map(([key, norm]) => [BigInt(key as number | bigint), packedText(norm)]));
  return (word, norm) => {
    const letters = Array.from(word);
    return [
      norm ?? usual.get(textNumber(word)) ?? signs.get(word) ?? word.toLowerCase(),
      letters[0] ?? '',
      letters.slice(-3).join(''),
      shapeOf(letters),
    ];
  };
}

/** Such as `Xxxx` for a name and `ddd-dddd` for a number; a fifth and later like character is left out. */
function shapeOf(letters: readonly string[]): string {
  if (letters.length >= longestShape) return 'LONG';
  let shape = '';
  let last = '';
  let run = 0;
  for (const letter of letters) {
    const mark = /\p{L}/u.test(letter)
      ? /\p{Uppercase}/u.test(letter)
        ? 'X'
        : 'x'
      : /[\p{Nd}²³¹⁰⁴-⁹₀-₉]/u.test(letter)
        ? 'd'
        : letter;
    run = mark === last ? run + 1 : 0;
    last = mark;
    if (run < 4) shape += mark;
  }
  return shape;
}

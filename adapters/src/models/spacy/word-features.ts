import { packedText, type PackedMap } from './message-pack.js';
import { textNumber } from './string-hash.js';

/** The features of a word in spaCy's models: its normal form, first character, last three characters and shape. */
type WordFeatures = readonly [norm: string, prefix: string, suffix: string, shape: string];

/** Characters that are treated as the same one (spaCy's BASE_NORMS). */
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

/** Computes the features of words. `norms` maps the number of a spelling to its normal form. */
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

/** The shape of a word, such as `Xxxx` for a name and `ddd-dddd` for a number. A run of equal marks is cut to four. */
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

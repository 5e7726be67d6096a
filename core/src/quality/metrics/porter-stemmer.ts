/** Words whose stem the rules would get wrong. */
const irregular = new Map(
  Object.entries({
    sky: 'sky',
    skies: 'sky',
    dying: 'die',
    lying: 'lie',
    tying: 'tie',
    news: 'news',
    innings: 'inning',
    inning: 'inning',
    outings: 'outing',
    outing: 'outing',
    cannings: 'canning',
    canning: 'canning',
    howe: 'howe',
    proceed: 'proceed',
    exceed: 'exceed',
    succeed: 'succeed',
  }),
);

/**
 * Returns the stem of a lower-case English word (Porter, 1980), with the extensions of `nltk.stem.PorterStemmer` in its default mode, which
 * `rouge-score` uses.
 *
 * @example stemWord('relational') // 'relat'
 */
export function stemWord(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  return [plurals, pastAndGerund, finalY, longSuffixes, middleSuffixes, shortSuffixes, finalE, finalL].reduce(
    (stem, step) => step(stem),
    word,
  );
}

/** Whether each letter is a consonant. A `y` is a consonant unless it follows one. */
function consonants(word: string): readonly boolean[] {
  const flags: boolean[] = [];
  for (const letter of word) flags.push(letter === 'y' ? flags.at(-1) !== true : !'aeiou'.includes(letter));
  return flags;
}

/** How often a consonant follows a vowel. */
function measure(stem: string): number {
  const flags = consonants(stem);
  return flags.filter((isConsonant, at) => isConsonant && flags[at - 1] === false).length;
}

const hasVowel = (stem: string): boolean => consonants(stem).includes(false);

const endsWithDouble = (word: string): boolean =>
  word.length >= 2 && word.at(-1) === word.at(-2) && consonants(word).at(-1) === true;

/** The word ends with consonant, vowel, and a consonant other than w, x or y; or it consists of a vowel and a consonant. */
function endsShort(word: string): boolean {
  const flags = consonants(word);
  const endsSo = flags.at(-2) === false && flags.at(-1) === true;
  if (word.length === 2) return endsSo;
  return endsSo && flags.at(-3) === true && !'wxy'.includes(word.at(-1) ?? '');
}

/** A suffix, its replacement, and a condition for the stem. */
type Rule = readonly [suffix: string, replacement: string, isAllowed?: (stem: string) => boolean];

/** Applies the first rule with a matching suffix. If its condition fails, no other rule is tried. */
function applyRules(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement, isAllowed] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return isAllowed === undefined || isAllowed(stem) ? stem + replacement : word;
}

function plurals(word: string): string {
  if (word.endsWith('ies') && word.length === 4) return word.slice(0, -1);
  return applyRules(word, [
    ['sses', 'ss'],
    ['ies', 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

function pastAndGerund(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((ending) => word.endsWith(ending) && hasVowel(word.slice(0, -ending.length)));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsWithDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

const finalY = (word: string): string =>
  applyRules(word, [['y', 'i', (stem) => stem.length > 1 && consonants(stem).at(-1) === true]]);

const isLong = (stem: string): boolean => measure(stem) > 0;
const isLonger = (stem: string): boolean => measure(stem) > 1;

const longRules: readonly Rule[] = [
  ['ational', 'ate', isLong],
  ['tional', 'tion', isLong],
  ['enci', 'ence', isLong],
  ['anci', 'ance', isLong],
  ['izer', 'ize', isLong],
  ['bli', 'ble', isLong],
  ['alli', 'al', isLong],
  ['entli', 'ent', isLong],
  ['eli', 'e', isLong],
  ['ousli', 'ous', isLong],
  ['ization', 'ize', isLong],
  ['ation', 'ate', isLong],
  ['ator', 'ate', isLong],
  ['alism', 'al', isLong],
  ['iveness', 'ive', isLong],
  ['fulness', 'ful', isLong],
  ['ousness', 'ous', isLong],
  ['aliti', 'al', isLong],
  ['iviti', 'ive', isLong],
  ['biliti', 'ble', isLong],
  ['fulli', 'ful', isLong],
  ['logi', 'log', (stem) => isLong(`${stem}l`)],
];

function longSuffixes(word: string): string {
  if (word.endsWith('alli') && isLong(word.slice(0, -4))) return longSuffixes(word.slice(0, -2));
  return applyRules(word, longRules);
}

const middleSuffixes = (word: string): string =>
  applyRules(word, [
    ['icate', 'ic', isLong],
    ['ative', '', isLong],
    ['alize', 'al', isLong],
    ['iciti', 'ic', isLong],
    ['ical', 'ic', isLong],
    ['ful', '', isLong],
    ['ness', '', isLong],
  ]);

const droppedSuffixes = 'al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize'.split(' ');

const shortSuffixes = (word: string): string =>
  applyRules(
    word,
    droppedSuffixes.map((suffix) => [
      suffix,
      '',
      suffix === 'ion' ? (stem) => isLonger(stem) && /[st]$/.test(stem) : isLonger,
    ]),
  );

function finalE(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  return isLonger(stem) || (measure(stem) === 1 && !endsShort(stem)) ? stem : word;
}

const finalL = (word: string): string =>
  word.endsWith('ll') && isLonger(word.slice(0, -1)) ? word.slice(0, -1) : word;

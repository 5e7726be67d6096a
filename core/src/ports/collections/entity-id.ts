import { stopWords } from '../../values/stop-words.js';

/** Created at its first use: it loads the platform's language data, which a start does not need. */
let segmenter: Intl.Segmenter | undefined;
const longestId = 200;
const articles: ReadonlySet<string> = new Set(['the', 'a', 'an']);

/** The words of a text in the form of entity ids: lower case, without a possessive `'s`. */
export function entityTerms(text: string): readonly string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'word' });
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  const terms: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(plain))
    if (isWordLike === true) terms.push(segment.replace(/'s$/, ''));
  return terms;
}

/**
 * The id of an entity: the words of its name without a leading article. Undefined if the text is not a name: only digits, a word such as
 * `who`, or too long.
 *
 * @example entityId('The Beatles’') // 'beatles'
 */
export function entityId(name: string): string | undefined {
  const terms = entityTerms(name);
  const [first = ''] = terms;
  const rest = terms.length > 1 && articles.has(first) ? terms.slice(1) : terms;
  const id = rest.join(' ');
  if (id.length > longestId || !/\p{L}/u.test(id) || (rest.length === 1 && stopWords.has(id))) return undefined;
  return id.length > 1 || /[^\p{Script=Latin}]/u.test(id) ? id : undefined;
}

const spaced = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{N}]/u;
const folded = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replaceAll('’', "'").replaceAll(/\s+/gu, ' ');

/** Creates a function that says whether a name occurs in these texts. The texts are normalised once. */
export function nameFinder(...texts: readonly string[]): (name: string) => boolean {
  const all = texts.map(folded);
  return (name) => {
    const wanted = folded(name).trim();
    return wanted !== '' && all.some((text) => standsIn(wanted, text));
  };
}

/** Whether a text contains a name; as whole words, in scripts with spaces between words. */
function standsIn(name: string, text: string): boolean {
  const isInWord = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && spaced.test(one) && spaced.test(other);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (!isInWord(text[at - 1], name[0]) && !isInWord(name.at(-1), text[end])) return true;
  }
  return false;
}

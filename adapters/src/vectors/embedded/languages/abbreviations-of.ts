import { wordsOf } from './words-of.js';

// A longer text has enough words of its own, and some of its many initials would match by chance.
const mostWords = 24;
const mostCharacters = 1_000;
/** Fewest words of an abbreviation: two initials mean too many other things. */
const fewest = 3;
const most = 6;

/** Separates names: anything but letters, digits, spaces, hyphens, apostrophes and slashes, which one name may contain. */
const betweenNames = /[^\p{L}\p{M}\p{N}\p{Co}\s'’/-]+/u;
/** A shortened "is", or the possessive ending in "patient's". */
const shortened = /['’]\p{L}{1,2}(?!\p{L})/gu;

/**
 * The names that a text may contain, by their initials: three to six words in a row, with no stop word at the beginning or end. A text of
 * more than 24 words has none, and neither has a script without capital letters.
 *
 * @example abbreviationsOf('Is double balloon enteroscopy safe?', stopWords).get('dbe') // ['double', 'balloon', 'enteroscopy']
 */
export function abbreviationsOf(text: string, stopWords: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  if (text.length > mostCharacters) return new Map();
  const parts = text.normalize('NFC').replace(shortened, '').split(betweenNames);
  const words = parts.map((part) => [...wordsOf(part)]);
  if (words.flat().length > mostWords) return new Map();
  const names = words.flatMap((row) => [...namesOf(row, stopWords)]);
  return new Map(names.map((name) => [name.map(initialOf).join(''), name]));
}

/** Sequences of words that may be a name. */
function* namesOf(words: readonly string[], stopWords: ReadonlySet<string>): Generator<readonly string[]> {
  const canBound = words.map((word) => !stopWords.has(word));
  for (let start = 0; start < words.length; start += 1) {
    for (let end = start + 1; end <= Math.min(words.length, start + most); end += 1) {
      if (initialOf(words[end - 1]) === '') break;
      if (end - start >= fewest && canBound[start] === true && canBound[end - 1] === true)
        yield words.slice(start, end);
    }
  }
}

/** The first letter of a word; empty if that is a digit or has no capital form. */
function initialOf(word = ''): string {
  const [first = ''] = word;
  return first === first.toUpperCase() ? '' : first;
}

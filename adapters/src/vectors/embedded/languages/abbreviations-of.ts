import { wordsOf } from './words-of.js';

/** What is looked at of a text: a question is shorter, and a longer text says enough by its own words. */
const [mostWords, mostCharacters] = [64, 4_096];
/** How many words an abbreviation may stand for. Two initials mean too many other things. */
const [fewest, most] = [3, 6];

/** What stands between two words that one name may contain: spaces, hyphens, apostrophes. */
const betweenNames = /[^\p{L}\p{M}\p{N}\p{Co}\s'’/-]+/u;
/** What is left of "is" or of an owner: "patient's". */
const shortened = /['’]\p{L}{1,2}(?!\p{L})/gu;

/**
 * The abbreviations that a text may mean: the initials of three to six words in a row, where the first and the last one tell
 * something. Authors write a long name once and its abbreviation from then on, so most of their passages hold only that.
 * Scripts without capital letters have none.
 *
 * @example abbreviationsOf('Is double balloon enteroscopy safe?', stopWords) // 'dbe', 'dbes', 'bes'
 */
export function abbreviationsOf(text: string, stopWords: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  let room = mostWords;
  for (const part of text.slice(0, mostCharacters).normalize('NFC').replace(shortened, '').split(betweenNames)) {
    const words: string[] = [];
    for (const word of wordsOf(part)) {
      if (words.length === room) break;
      words.push(word);
    }
    room -= words.length;
    for (const name of namesOf(words, stopWords)) found.add(name.map(initialOf).join(''));
    if (room === 0) break;
  }
  return found;
}

/** Rows of words that may be a name. */
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

/** The first letter of a word, or nothing where it is a digit or has no capital form. */
function initialOf(word = ''): string {
  const [first = ''] = word;
  return first === first.toUpperCase() ? '' : first;
}

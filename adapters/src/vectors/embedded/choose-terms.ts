import type { Database } from 'better-sqlite3';
import { stopWords } from './stop-words.js';
import type { Statements } from './tables.js';

/** Turns a question into an FTS5 expression, or nothing where it has no word to look for. */
export type TermChoice = (text: string, passages: number) => string | undefined;

/** Most distinct words of a question that are looked at. */
const maxWords = 256;
/** Most words that go into one search. */
const maxTerms = 48;
/** Passages that the words of one search may hold together; beyond it the commonest words are left out. */
const postingsBudget = 20_000;
/** Words that stay whatever they cost: the rarest ones. */
const leastTerms = 2;

/**
 * Chooses the words of a question by their rarity: a word that a large part of the collection holds decides nothing and
 * costs the most. In a small collection all words stay. How many passages hold a word is remembered until the collection has changed by a tenth.
 */
export function createTermChoice(database: Database, statements: Statements): TermChoice {
  const ask = database.prepare('INSERT INTO temp.asked (rowid, word) VALUES (?, ?)');
  const readTerms = database.prepare<[], { term: string; doc: number }>('SELECT term, doc FROM temp.asked_terms');
  const forget = database.prepare("INSERT INTO temp.asked (asked) VALUES ('delete-all')");
  const known = new Map<string, number>();
  let knownAt = 0;

  const frequency = (term: string, passages: number): number => {
    if (Math.abs(passages - knownAt) > knownAt * 0.1 || known.size > 100_000) {
      known.clear();
      knownAt = passages;
    }
    const count = known.get(term) ?? statements.documentsOfTerm.get(term) ?? 0;
    known.set(term, count);
    return count;
  };

  return (text, passages) => {
    const words = wordsOf(text);
    if (words.length === 0) return undefined;
    forget.run();
    words.forEach((word, index) => ask.run(index, word));
    const seen = new Set<string>();
    const terms: { readonly word: string; readonly count: number }[] = [];
    for (const { term, doc } of readTerms.iterate()) {
      const word = words[doc];
      if (word === undefined || seen.has(term)) continue;
      seen.add(term);
      terms.push({ word, count: frequency(term, passages) });
    }
    const chosen = withinBudget(terms.filter(({ count }) => count > 0));
    return chosen.length === 0 ? undefined : chosen.map((word) => `"${word}"`).join(' OR ');
  };
}

function withinBudget(terms: { readonly word: string; readonly count: number }[]): string[] {
  const chosen: string[] = [];
  let cost = 0;
  for (const { word, count } of terms.sort((a, b) => a.count - b.count).slice(0, maxTerms)) {
    cost += count;
    if (cost > postingsBudget && chosen.length >= leastTerms) break;
    chosen.push(word);
  }
  return chosen;
}

/** The distinct words of a text that are worth looking for; all of them where it has nothing but stop words. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const [word] of text.normalize('NFC').toLowerCase().matchAll(/[\p{L}\p{N}\p{M}\p{Co}]+/gu)) {
    words.add(word);
    if (words.size >= maxWords) break;
  }
  const telling = [...words].filter((word) => !stopWords.has(word));
  return telling.length > 0 ? telling : [...words];
}

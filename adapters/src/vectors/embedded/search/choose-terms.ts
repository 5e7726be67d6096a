import { abbreviationsOf } from '../languages/abbreviations-of.js';
import { languageOf } from '../languages/language-of.js';
import { english, languages, type Language } from '../languages/languages.js';
import { wordsOf } from '../languages/words-of.js';
import type { Statements } from '../tables.js';
import type { TermCutter } from './term-bag.js';

/** A term of a question. */
export interface QuestionTerm {
  /** The word as the question has it. */
  readonly word: string;
  /** The form in which the collection stores it. */
  readonly term: string;
  readonly passages: number;
  /** How often the question contains it, in any form. */
  readonly asked: number;
}

/** The terms of a question, rarest first: those that find candidates, and all that score them. */
interface AskedTerms {
  readonly finding: readonly QuestionTerm[];
  readonly terms: readonly QuestionTerm[];
}

/** Converts a question into terms; undefined if the collection has none of its words. */
export type TermChoice = (text: string, passages: number) => AskedTerms | undefined;

/** Most distinct words of a question that are considered. */
const maxWords = 256;
/** Most terms that candidates are searched with. */
const maxTerms = 48;
/** Most passages that those terms may have together; beyond it the commonest terms are left out. */
const postingsBudget = 20_000;
/** The rarest terms that stay whatever they cost. */
const leastTerms = 2;

/**
 * Chooses the terms that find candidates by their rarity: a word that occurs in a large part of the collection hardly narrows the search
 * and costs the most. It still counts when candidates are scored. A small collection uses all terms. Each word is stemmed in every language
 * of the collection. Names are also searched by their abbreviation. The number of passages that contain a term is cached until the
 * collection has changed by a tenth.
 */
export function createTermChoice(cutter: TermCutter, statements: Statements): TermChoice {
  const known = new Map<string, number>();
  let knownAt = 0;

  const frequency = (term: string, passages: number): number => {
    if (Math.abs(passages - knownAt) > knownAt * 0.1 || known.size > 100_000) {
      known.clear();
      knownAt = passages;
    }
    const count = known.get(term) ?? statements.documentsOfTerm.get(term) ?? 0;
    // A count of zero is not cached: the next document may contain the word.
    if (count > 0) known.set(term, count);
    return count;
  };

  return (text, passages) => {
    const spoken = languagesOf(statements);
    const counts = [...countsText(text, spoken)].flatMap(([word, times]) =>
      [...new Set(spoken.map(({ stem }) => stem(word)))].map((form) => [word, form, times] as const),
    );
    const found = new Map<string, QuestionTerm>();
    const counted = new Set<string>();
    cutter.termsOf(counts.map(([, form]) => form)).forEach((term, index) => {
      const [asked, word, times] = counts[index] ?? [];
      if (term === undefined || word === undefined || times === undefined) return;
      // Two languages may stem a word to the same term: it is searched once.
      const key = `${asked} ${term}`;
      if (counted.has(key)) return;
      counted.add(key);
      const known = found.get(term);
      const count = known?.passages ?? frequency(term, passages);
      if (count === 0) return;
      found.set(term, known ? { ...known, asked: known.asked + times } : { word, term, passages: count, asked: times });
    });
    for (const [word, name] of found.size === 0 ? [] : namesOf(text, spoken)) {
      const [term] = cutter.termsOf([word]);
      const count = term === undefined || found.has(term) ? 0 : frequency(term, passages);
      if (term === undefined || count === 0 || !isExplained(word, name, spoken, statements)) continue;
      found.set(term, { word, term, passages: count, asked: 1 });
    }
    const terms = [...found.values()].sort((a, b) => a.passages - b.passages);
    return terms.length === 0 ? undefined : { finding: withinBudget(terms), terms };
  };
}

/** The names that a text may contain, with their abbreviations. */
function namesOf(text: string, spoken: readonly Language[]): readonly (readonly [string, readonly string[]])[] {
  const { stopWords } = stopsOf(text, spoken);
  return [...abbreviationsOf(text, stopWords)].filter(([word]) => !stopWords.has(word));
}

/** Whether a passage contains both the name and its abbreviation. Initials alone may occur by chance. */
function isExplained(
  word: string,
  name: readonly string[],
  spoken: readonly Language[],
  { holds }: Statements,
): boolean {
  return spoken.some(({ stem }) => holds.get(`"${name.map(stem).join(' ')}" AND "${word}"`) !== undefined);
}

/** The rarest terms whose total number of passages stays within the budget. */
export function withinBudget<Term extends Pick<QuestionTerm, 'passages'>>(
  rarestFirst: readonly Term[],
): readonly Term[] {
  let cost = 0;
  const end = rarestFirst.slice(0, maxTerms).findIndex(({ passages }, index) => {
    cost += passages;
    return cost > postingsBudget && index >= leastTerms;
  });
  return rarestFirst.slice(0, end < 0 ? maxTerms : end);
}

/** The languages of a collection. Texts that older versions stored count as English. */
function languagesOf(statements: Statements): readonly Language[] {
  const spoken = statements.languages.all().flatMap((code) => languages.get(code) ?? []);
  return spoken.length === 0 ? [english] : spoken;
}

/** The language whose stop words are removed from a text. */
const stopsOf = (text: string, spoken: readonly Language[]): Language =>
  spoken.length === 1 ? (spoken[0] ?? english) : languageOf(text, spoken);

/** How often each useful word occurs in a text. Stop words of its language count only if it has no other words. */
export function countsText(text: string, spoken: readonly Language[] = [english]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) {
    if (counts.size >= maxWords && !counts.has(word)) continue;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const { stopWords } = stopsOf(text, spoken);
  const telling = [...counts].filter(([word]) => !stopWords.has(word));
  return telling.length > 0 ? new Map(telling) : counts;
}

import type { RelevanceCalibration, Passage } from '@heddle/core';
import { stemmer as stemEnglish } from 'stemmer';
import { languageOf } from '../../vectors/embedded/languages/language-of.js';
import { english, languages, type Language } from '../../vectors/embedded/languages/languages.js';
import { wordsOf } from '../../vectors/embedded/languages/words-of.js';

/** What determines the weight of a term. */
export type TermShares = Pick<RelevanceCalibration, 'languages' | 'shares' | 'leastShare'>;

const mostWords = 2_000;

const languagesOf = (codes: readonly string[]): readonly Language[] => {
  const known = codes.flatMap((code) => languages.get(code) ?? []);
  return known.length === 0 ? [english] : known;
};

const stemOf = (word: string, language: Language): string =>
  language === english ? stemEnglish(word) : language.stem(word);

/** The terms of a question: its words without stop words, each with its stems in all languages. */
export function termsOfQuestion(question: string, codes: readonly string[]): readonly (readonly string[])[] {
  const spoken = languagesOf(codes);
  const { stopWords } = languageOf(question, spoken);
  const words = new Set([...wordsOf(question)].slice(0, mostWords).filter((word) => !stopWords.has(word)));
  const terms = new Map([...words].map((word) => [stemOf(word, spoken[0] ?? english), word]));
  return [...terms.values()].map((word) => [...new Set(spoken.map((language) => stemOf(word, language)))]);
}

/** All terms of a passage, with those of its title and headings. */
export function termsOfPassage(
  { title, text, place }: Pick<Passage, 'title' | 'text' | 'place'>,
  codes: readonly string[],
): ReadonlySet<string> {
  const spoken = languagesOf(codes);
  const terms = new Set<string>();
  let count = 0;
  for (const word of wordsOf([title ?? '', ...(place?.headings ?? []), text].join('\n'))) {
    for (const language of spoken) terms.add(stemOf(word, language));
    count += 1;
    if (count === mostWords) break;
  }
  return terms;
}

/** The terms of the passages, joined for each document, because two passages of one document can answer together. */
export function termsByDocument(
  passages: readonly Passage[],
  codes: readonly string[],
): readonly ReadonlySet<string>[] {
  const documents = new Map<string, Set<string>>();
  for (const passage of passages) {
    const terms = documents.get(passage.document) ?? new Set<string>();
    for (const term of termsOfPassage(passage, codes)) terms.add(term);
    documents.set(passage.document, terms);
  }
  return [...documents.values()];
}

/** The weight of a term: rarer terms weigh more. `Object.hasOwn`, because a term such as `constructor` is also a member of every object. */
const weightOf = (term: readonly string[], { shares, leastShare }: TermShares): number => {
  const known = term.map((form) => (Object.hasOwn(shares, form) ? (shares[form] ?? 0) : 0));
  return -Math.log(Math.min(0.99, Math.max(leastShare, ...known)));
};

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });
/** Sentences that weigh less than this share of the heaviest one, such as greetings, are ignored. */
const leastOfHeaviest = 0.5;

/**
 * The share of a question's terms that one of the documents contains. For a message of several sentences, the best one counts, because an
 * e-mail says more than its question.
 */
export function coverageOfQuestion(
  question: string,
  documents: readonly ReadonlySet<string>[],
  shares: TermShares,
): number {
  const parts = [...sentences.segment(question)].map(({ segment }) => termsOfQuestion(segment, shares.languages));
  const weights = parts.map((terms) => terms.reduce((sum, term) => sum + weightOf(term, shares), 0));
  const heaviest = Math.max(0, ...weights);
  const telling = parts.filter((_, at) => (weights[at] ?? 0) >= heaviest * leastOfHeaviest);
  return Math.max(0, ...telling.map((terms) => coverageOf(terms, documents, shares)));
}

/** The weighted share of a question's terms that the best of the passages contains. */
export function coverageOf(
  terms: readonly (readonly string[])[],
  passages: readonly ReadonlySet<string>[],
  shares: TermShares,
): number {
  const weights = terms.map((term) => weightOf(term, shares));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 0;
  const held = passages.map((passage) =>
    terms.reduce((sum, term, at) => sum + (term.some((form) => passage.has(form)) ? (weights[at] ?? 0) : 0), 0),
  );
  return Math.max(0, ...held) / total;
}

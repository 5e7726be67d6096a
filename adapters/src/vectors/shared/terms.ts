import { stemmer as stemEnglish } from 'stemmer';
import { usualTitleWeight, type StoredPassage } from '@heddle/core';
import { countsText } from '../embedded/search/choose-terms.js';
import { english, languages, type Language } from '../embedded/languages/languages.js';
import { wordsOf } from '../embedded/languages/words-of.js';

/** Longer strings are not words but keys, hashes or noise. */
const longestTerm = 100;

const withoutAccents = (word: string): string => word.normalize('NFD').replaceAll(/\p{M}/gu, '');

/** The term of a word: its stem without accents. For English, accents are removed before stemming, as in the embedded store. */
const termOf = (word: string, { code, stem }: Language): string =>
  (code === english.code ? stemEnglish(withoutAccents(word)) : withoutAccents(stem(word))).slice(0, longestTerm);

/** How often a passage contains each term, including its title, headings and header. */
export function countTerms(
  { text, context, header }: Pick<StoredPassage, 'text' | 'context' | 'header'>,
  language: Language,
): { readonly counts: ReadonlyMap<string, number>; readonly tokens: number } {
  const counts = new Map<string, number>();
  let tokens = 0;
  const add = (part: string, weight: number): void => {
    for (const word of wordsOf(part)) {
      const term = termOf(word, language);
      if (term === '') continue;
      counts.set(term, (counts.get(term) ?? 0) + weight);
      tokens += weight;
    }
  };
  add(text, 1);
  add(context ?? '', usualTitleWeight);
  add(header ?? '', 1);
  return { counts, tokens };
}

/** The terms of a question, stemmed in each language of the collection, and how often it contains each. */
export function questionTerms(question: string, codes: readonly string[]): ReadonlyMap<string, number> {
  const spoken = codes.flatMap((code) => languages.get(code) ?? []);
  const known = spoken.length === 0 ? [english] : spoken;
  const asked = new Map<string, number>();
  for (const [word, times] of countsText(question, known))
    for (const term of new Set(known.map((language) => termOf(word, language))))
      if (term !== '') asked.set(term, (asked.get(term) ?? 0) + times);
  return asked;
}

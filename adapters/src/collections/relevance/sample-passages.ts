import type { Passage, VectorCollection } from '@heddle/core';
import { languageOf } from '../../vectors/embedded/languages/language-of.js';
import type { TermShares } from './terms.js';
import { termsOfPassage, termsOfQuestion } from './terms.js';

/** The most documents that are listed, the most of them that are read, and the most passages that are kept. */
const mostListed = 5_000;
const mostRead = 150;
const mostPassages = 2_000;
const pageSize = 1_000;

/** Rarer terms count as if this share of the passages contained them. */
const leastShare = 0.01;
/** The share of the passages from which their language counts as one of the collection's. */
const leastOfLanguage = 0.1;
const mostLanguages = 3;

interface Sentence {
  readonly text: string;
  readonly document: string;
}

/** Sentences with fewer terms say too little; longer ones than the limit below are usually lists. */
const leastTerms = 5;
const longestSentence = 300;

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** A pseudo-random generator with a fixed seed: the same passages always give the same threshold. */
export function createChance(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Reads passages from documents across the whole collection. */
export async function samplePassages(collection: VectorCollection, signal?: AbortSignal): Promise<readonly Passage[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ids.length < mostListed;) {
    signal?.throwIfAborted();
    const page = await collection.documents({ limit: pageSize, after });
    ids.push(...page.map(({ id }) => id));
    after = page.at(-1)?.id;
    if (after === undefined || page.length < pageSize) break;
  }
  const passages: Passage[] = [];
  const step = Math.max(1, ids.length / mostRead);
  for (let at = 0; at < ids.length && passages.length < mostPassages; at += step) {
    signal?.throwIfAborted();
    const found = await collection.passages(ids[Math.floor(at)] ?? '');
    passages.push(...found.slice(0, mostPassages / 10));
  }
  return passages.slice(0, mostPassages);
}

/** The languages of passages, and the share of the passages that contain each frequent term. */
export function sharesOf(passages: readonly Passage[]): TermShares {
  const counts = new Map<string, number>();
  for (const { text } of passages) {
    const { code } = languageOf(text);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  const codes = [...counts]
    .filter(([, count]) => count >= passages.length * leastOfLanguage)
    .sort(([, one], [, other]) => other - one)
    .map(([code]) => code)
    .slice(0, mostLanguages);
  const holding = new Map<string, number>();
  for (const passage of passages)
    for (const term of termsOfPassage(passage, codes)) holding.set(term, (holding.get(term) ?? 0) + 1);
  const least = Math.max(leastShare, 0.5 / Math.max(1, passages.length));
  const shares = [...holding].map(([term, count]) => [term, count / passages.length] as const);
  return {
    languages: codes,
    leastShare: least,
    shares: Object.fromEntries(shares.filter(([, share]) => share > least)),
  };
}

/** Picks random sentences from the passages, each once; without sentences, the beginnings of passages. */
export function sampleSentences(
  passages: readonly Passage[],
  { languages }: TermShares,
  most: number,
  chance: () => number,
): readonly Sentence[] {
  const all = new Map<string, Sentence>();
  for (const { text, document } of passages)
    for (const line of text.split('\n'))
      for (const { segment } of sentences.segment(line)) {
        const sentence = segment.trim();
        if (sentence.length > longestSentence || all.has(sentence)) continue;
        if (termsOfQuestion(sentence, languages).length >= leastTerms) all.set(sentence, { text: sentence, document });
      }
  if (all.size === 0)
    for (const { text, document } of passages) all.set(text, { text: text.slice(0, longestSentence), document });
  const found = [...all.values()];
  for (let at = found.length - 1; at > 0; at -= 1) {
    const other = Math.floor(chance() * (at + 1));
    const one = found[at];
    const two = found[other];
    if (one !== undefined && two !== undefined) [found[at], found[other]] = [two, one];
  }
  return found.slice(0, most);
}

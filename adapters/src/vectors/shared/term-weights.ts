import { createHash } from 'node:crypto';
import type { StoredPassage } from '@heddle/core';
import type { Language } from '../embedded/languages/languages.js';
import { lengthShare, repetition } from '../embedded/search/search-lexical.js';
import { countTerms } from './terms.js';

/** A sparse vector: indices in ascending order, and their values. */
export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** The assumed average length of a passage in words. Weights are stored, so they cannot depend on the real average. */
const usualTokens = 150;

/** The index of a term in a sparse vector. Index 0 is no term, and servers do not accept the highest one. */
export const termPlace = (term: string): number =>
  Math.min(2 ** 32 - 2, Math.max(1, createHash('sha256').update(term).digest().readUInt32BE(0)));

/** The vector of a text without terms: no question has its index. */
export const noTerms: SparseVector = { indices: [0], values: [1] };

/**
 * The part of the BM25 score that does not depend on the question, for each term of a passage. If there are too many terms, those with the
 * highest weight are kept.
 */
export function passageWeights(
  passage: Pick<StoredPassage, 'text' | 'context' | 'header'>,
  language: Language,
  most: number,
): SparseVector {
  const { counts, tokens } = countTerms(passage, language);
  const damping = repetition * (1 - lengthShare + (lengthShare * tokens) / usualTokens);
  const weights = new Map<number, number>();
  for (const [term, count] of counts) {
    const place = termPlace(term);
    weights.set(place, (weights.get(place) ?? 0) + (count * (repetition + 1)) / (count + damping));
  }
  const kept = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
  return kept.length === 0 ? noTerms : vectorOf(kept);
}

/**
 * The part of the BM25 score that depends on the question: how rare its terms are, and how often it contains them. A term without a count
 * is left out.
 */
export function questionWeights(
  terms: readonly (readonly [term: string, times: number])[],
  { passages, countOf }: { readonly passages: number; readonly countOf: (term: string) => number | undefined },
): SparseVector {
  const weights = new Map<number, number>();
  for (const [term, times] of terms) {
    const count = countOf(term);
    if (count === undefined) continue;
    const all = Math.max(passages, count);
    const place = termPlace(term);
    const weight = Math.log(1 + (all - count + 0.5) / (count + 0.5)) * Math.sqrt(times);
    weights.set(place, (weights.get(place) ?? 0) + weight);
  }
  return vectorOf([...weights]);
}

function vectorOf(weights: readonly (readonly [place: number, weight: number])[]): SparseVector {
  const ordered = [...weights].sort(([one], [other]) => one - other);
  return { indices: ordered.map(([place]) => place), values: ordered.map(([, weight]) => weight) };
}

/** The terms of a question, at most `most`: of more, the longest. */
export const longestTerms = (
  terms: ReadonlyMap<string, number>,
  most: number,
): readonly (readonly [term: string, times: number])[] =>
  [...terms].sort(([one], [other]) => other.length - one.length || (one < other ? -1 : 1)).slice(0, most);

import { usualTitleWeight } from '@heddle/core';
import { hasRow, type Bitset } from '../bitset.js';
import type { QuestionTerm } from './choose-terms.js';
import type { ScoredSlot } from './fuse.js';
import type { OpenCollection } from '../open-collection.js';
import { largest } from './search-dense.js';
import { bagTokens, hashTerm, termCount } from './term-bag.js';

/** Fewest candidates that are scored by all terms. */
const leastCandidates = 500;
/** Most candidates. If more passages contain the same words equally often, the first ones are used. */
const mostCandidates = 1000;
/** If more passages than this contain the words, passages that contain all of them are searched first, before each word alone. */
const mostHolders = 100_000;
/** Most passages that are scored of those that contain all such words, where a filter or a reader limits the search. */
const mostScored = 10_000;
/** Most passages that are scored of those that contain the words most often, where nothing limits the search. */
const mostRanked = 2000;

// The constants of BM25: how fast repetition stops counting, and how much long passages are penalised. The splitter limits the length of a
// passage, so a longer one seldom repeats itself, and a lower value than the customary 0.75 is better; see decision 0171.
export const repetition = 1.2;
export const lengthShare = 0.4;

interface AskedWords {
  readonly text: string;
  readonly limit: number;
  readonly allowed?: Bitset | undefined;
  /** How often a term of the title and headings counts. */
  readonly titleWeight?: number | undefined;
}

/** The terms of a passage's title and headings, and how much more each counts than in the stored terms. */
interface TitleTerms {
  readonly title: Buffer;
  readonly more: number;
}

/**
 * Finds the passages that contain the words of a text, best first by BM25. The rare terms of the text find the candidates; all its terms
 * score them, using the terms that are stored with each passage.
 */
export function searchLexical(
  collection: OpenCollection,
  { text, limit, allowed, titleWeight = usualTitleWeight }: AskedWords,
): ScoredSlot[] {
  const { statements } = collection;
  const { passages, tokens } = statements.countPassages.get() ?? { passages: 0, tokens: 0 };
  const asked = collection.terms(text, passages);
  if (asked === undefined) return [];
  const score = createScore(asked.terms, passages, tokens / passages);
  const slots = JSON.stringify(
    findCandidates(collection, asked.finding, passages, Math.max(leastCandidates, limit), allowed),
  );
  const more = titleWeight - usualTitleWeight;
  const titles = new Map(more === 0 ? [] : statements.readTitles.all(slots).map(({ slot, bag }) => [slot, bag]));
  return (
    statements.readBags
      .all(slots)
      .map(({ slot, bag }) => {
        const title = titles.get(slot);
        return { slot, score: title === undefined ? score(bag) : score(bag, { title, more }) };
      })
      // Only the title contained the words, and titles have no weight.
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.slot - b.slot)
      .slice(0, limit)
  );
}

/** The slots with the best scores by the finding terms, as if all passages were equally long. */
function findCandidates(
  collection: OpenCollection,
  terms: readonly QuestionTerm[],
  passages: number,
  count: number,
  allowed: Bitset | undefined,
): readonly number[] {
  const { statements } = collection;
  const isAllowed = allowed === undefined ? undefined : membership(collection, allowed);
  if (terms.reduce((sum, { passages: holding }) => sum + holding, 0) > mostHolders) {
    const found = holdingAll(collection, terms, count, isAllowed);
    if (found.length >= count) return found;
  }
  const scores = new Map<number, number>();
  for (const term of terms) {
    const weight = weightOf(term, passages);
    // FTS5's own bm25 looks up the length of each passage and takes several times as long.
    for (const [slot, count] of countPlaces(statements.places.all(term.term)))
      if (isAllowed?.(slot) !== false) scores.set(slot, (scores.get(slot) ?? 0) + dampened(weight, count, repetition));
  }
  const least = largest(Float32Array.from(scores.values()), Math.min(count, scores.size)).at(-1) ?? 0;
  const better: number[] = [];
  const equal: number[] = [];
  for (const [slot, score] of scores) {
    if (Math.fround(score) > least) better.push(slot);
    else if (Math.fround(score) === least) equal.push(slot);
  }
  return [...better, ...equal].slice(0, Math.max(mostCandidates, count));
}

/** How often each passage contains a term, from the positions of the term. */
function* countPlaces(places: readonly number[]): Generator<readonly [slot: number, count: number]> {
  for (let at = 0; at < places.length;) {
    const slot = (places[at] ?? 0) >>> 1;
    let count = 0;
    for (; at < places.length && (places[at] ?? 0) >>> 1 === slot; at += 1)
      count += (places[at] ?? 0) & 1 ? usualTitleWeight : 1;
    yield [slot, count];
  }
}

/** Passages that contain all terms: the best by FTS5's own rank or, in a limited search, the first ones allowed. */
function holdingAll(
  { statements }: OpenCollection,
  terms: readonly QuestionTerm[],
  count: number,
  isAllowed: ((slot: number) => boolean) | undefined,
): readonly number[] {
  const expression = terms.map(({ word }) => `"${word}"`).join(' AND ');
  return isAllowed === undefined
    ? statements.ranked.all(expression, Math.max(mostRanked, count))
    : statements.holders.all(expression).filter(isAllowed).slice(0, Math.max(mostScored, count));
}

function membership(collection: OpenCollection, allowed: Bitset): (slot: number) => boolean {
  const index = collection.index();
  return (slot) => {
    const row = index.rowOf(slot);
    return row >= 0 && hasRow(allowed, row);
  };
}

/** The weight of a term: higher if fewer passages contain it, and if the question contains it more often. */
const weightOf = ({ passages: holding, asked }: QuestionTerm, passages: number): number =>
  Math.sqrt(asked) * Math.log(1 + (passages - holding + 0.5) / (holding + 0.5));

/** What a term that occurs `count` times adds to the score of a passage. */
const dampened = (weight: number, count: number, damping: number): number =>
  (weight * count * (repetition + 1)) / (count + damping);

/**
 * Creates a function that computes the BM25 score of a passage. A term in the title counts more often; the length of the passage stays as
 * it is.
 */
function createScore(
  terms: readonly QuestionTerm[],
  passages: number,
  averageTokens: number,
): (bag: Buffer, titles?: TitleTerms) => number {
  const weighted = terms.map((term) => ({ hash: hashTerm(term.term), weight: weightOf(term, passages) }));
  return (bag, titles) => {
    const damping = repetition * (1 - lengthShare + (lengthShare * bagTokens(bag)) / averageTokens);
    let score = 0;
    for (const { hash, weight } of weighted) {
      const stored = termCount(bag, hash);
      if (stored === 0) continue;
      const count = titles === undefined ? stored : stored + titles.more * termCount(titles.title, hash);
      if (count > 0) score += dampened(weight, count, damping);
    }
    return score;
  };
}

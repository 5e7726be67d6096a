import { hasRow, type Bitset } from './bitset.js';
import type { AskedTerm } from './choose-terms.js';
import type { ScoredSlot } from './fuse.js';
import type { OpenCollection } from './open-collection.js';
import { bagTokens, termCount } from './term-bag.js';

/** Candidates that are scored by all terms, at least. */
const leastCandidates = 300;

// The customary constants of BM25: how fast repetition stops counting, and how much long passages are held back.
const repetition = 1.2;
const lengthShare = 0.75;

/**
 * The passages that hold the words of a text, best first by BM25. Its rare terms find the candidates in the full-text
 * index; all of its terms score them, from the terms that each passage keeps beside.
 */
export function searchLexical(
  collection: OpenCollection,
  text: string,
  limit: number,
  allowed: Bitset | undefined,
): ScoredSlot[] {
  const { statements } = collection;
  const { passages, tokens } = statements.countPassages.get() ?? { passages: 0, tokens: 0 };
  const asked = collection.terms(text, passages);
  if (asked === undefined) return [];
  const score = createScore(asked.terms, passages, tokens / passages);
  return findCandidates(collection, asked.expression, Math.max(leastCandidates, limit), allowed)
    .flatMap(({ slot }) => {
      const bag = statements.readBag.get(slot);
      return bag === undefined ? [] : [{ slot, score: score(bag) }];
    })
    .sort((a, b) => b.score - a.score || a.slot - b.slot)
    .slice(0, limit);
}

function findCandidates(
  collection: OpenCollection,
  expression: string,
  count: number,
  allowed: Bitset | undefined,
): readonly ScoredSlot[] {
  const { statements } = collection;
  if (allowed === undefined) return statements.ranked.all(expression, count);
  const index = collection.index();
  const isAllowed = ({ slot }: ScoredSlot): boolean => {
    const row = index.rowOf(slot);
    return row >= 0 && hasRow(allowed, row);
  };
  return statements.matched
    .all(expression)
    .filter(isAllowed)
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}

function createScore(terms: readonly AskedTerm[], passages: number, averageTokens: number): (bag: Buffer) => number {
  const weighted = terms.map(({ hash, passages: holding }) => ({
    hash,
    weight: Math.log(1 + (passages - holding + 0.5) / (holding + 0.5)),
  }));
  return (bag) => {
    const damping = repetition * (1 - lengthShare + (lengthShare * bagTokens(bag)) / averageTokens);
    let score = 0;
    for (const { hash, weight } of weighted) {
      const count = termCount(bag, hash);
      if (count > 0) score += (weight * count * (repetition + 1)) / (count + damping);
    }
    return score;
  };
}

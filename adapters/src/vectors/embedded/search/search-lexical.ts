import { usualTitleWeight } from '@heddle/core';
import { hasRow, type Bitset } from '../bitset.js';
import type { AskedTerm } from './choose-terms.js';
import type { ScoredSlot } from './fuse.js';
import type { OpenCollection } from '../open-collection.js';
import { largest } from './search-dense.js';
import { bagTokens, termCount } from './term-bag.js';

/** Candidates that are scored by all terms, at least. */
const leastCandidates = 300;
/** And at most: where more of them hold the same words, how often they hold them decides. */
const mostCandidates = 2000;
/** Words that more passages hold together are looked for in passages that hold all of them, before each is looked for alone. */
const mostHolders = 100_000;
/** Of passages that hold all such words and that a search may find, so many are scored. */
const mostScored = 10_000;

// The constants of BM25: how fast repetition stops counting, and how much long passages are held back. The splitter bounds the
// length of a passage, so a longer one seldom repeats itself, and less than the customary 0.75 is better; see decision 0171.
export const repetition = 1.2;
export const lengthShare = 0.4;

/** What a keyword search asks for. */
interface AskedWords {
  readonly text: string;
  readonly limit: number;
  readonly allowed?: Bitset | undefined;
  /** How often a term of title and headings counts. */
  readonly titleWeight?: number | undefined;
}

/** The terms of a passage's title and headings, and how much more each counts than it does in the stored terms. */
interface TitleTerms {
  readonly title: Buffer;
  readonly more: number;
}

/**
 * The passages that hold the words of a text, best first by BM25. The rare terms of the text find the candidates; all
 * of its terms score them, from the terms that are stored with each passage.
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
  const more = titleWeight - usualTitleWeight;
  return (
    findCandidates(collection, asked.finding, passages, Math.max(leastCandidates, limit), allowed)
      .flatMap((slot) => {
        const bag = statements.readBag.get(slot);
        if (bag === undefined) return [];
        const title = more === 0 ? undefined : statements.readTitle.get(slot);
        return [{ slot, score: title === undefined ? score(bag) : score(bag, { title, more }) }];
      })
      // Only its title held the words, and titles count as nothing.
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.slot - b.slot)
      .slice(0, limit)
  );
}

/** The slots whose terms weigh most together: `count` of them, and all that weigh as much as the last. */
function findCandidates(
  collection: OpenCollection,
  terms: readonly AskedTerm[],
  passages: number,
  count: number,
  allowed: Bitset | undefined,
): readonly number[] {
  const { holders } = collection.statements;
  const isAllowed = allowed === undefined ? undefined : membership(collection, allowed);
  const most = Math.max(mostCandidates, count);
  if (terms.reduce((sum, { passages: holding }) => sum + holding, 0) > mostHolders) {
    const expression = terms.map(quoted).join(' AND ');
    if (isAllowed !== undefined) {
      const all = holders.all(expression).filter(isAllowed);
      if (all.length >= count) return all.slice(0, mostScored);
    } else {
      const all = collection.statements.ranked.all(expression, most);
      if (all.length >= count) return all.map(({ slot }) => slot);
    }
  }
  const weights = new Map<number, number>();
  for (const term of terms) {
    const weight = weightOf(term, passages);
    // FTS5's own bm25 looks up how long each passage is, and would take twice as long for half as many.
    for (const slot of holders.all(quoted(term)))
      if (isAllowed?.(slot) !== false) weights.set(slot, (weights.get(slot) ?? 0) + weight);
  }
  const least = largest(Float32Array.from(weights.values()), Math.min(count, weights.size)).at(-1) ?? 0;
  const candidates: number[] = [];
  for (const [slot, weight] of weights) if (Math.fround(weight) >= least) candidates.push(slot);
  return candidates.length <= most
    ? candidates
    : byFrequency(collection, terms.map(quoted).join(' OR '), count, isAllowed);
}

function byFrequency(
  { statements }: OpenCollection,
  expression: string,
  count: number,
  isAllowed: ((slot: number) => boolean) | undefined,
): readonly number[] {
  const found =
    isAllowed === undefined
      ? statements.ranked.all(expression, count)
      : statements.matched
          .all(expression)
          .filter(({ slot }) => isAllowed(slot))
          .sort((a, b) => b.score - a.score)
          .slice(0, count);
  return found.map(({ slot }) => slot);
}

function membership(collection: OpenCollection, allowed: Bitset): (slot: number) => boolean {
  const index = collection.index();
  return (slot) => {
    const row = index.rowOf(slot);
    return row >= 0 && hasRow(allowed, row);
  };
}

const quoted = ({ word }: AskedTerm): string => `"${word}"`;

/** The weight of a term: the fewer passages hold it and the more often the question has it, the more. */
const weightOf = ({ passages: holding, asked }: AskedTerm, passages: number): number =>
  Math.sqrt(asked) * Math.log(1 + (passages - holding + 0.5) / (holding + 0.5));

/** Computes BM25 scores of passages. A term in the title counts more often; the length of the passage does not change. */
function createScore(
  terms: readonly AskedTerm[],
  passages: number,
  averageTokens: number,
): (bag: Buffer, titles?: TitleTerms) => number {
  const weighted = terms.map((term) => ({ hash: term.hash, weight: weightOf(term, passages) }));
  return (bag, titles) => {
    const damping = repetition * (1 - lengthShare + (lengthShare * bagTokens(bag)) / averageTokens);
    let score = 0;
    for (const { hash, weight } of weighted) {
      const stored = termCount(bag, hash);
      if (stored === 0) continue;
      const count = titles === undefined ? stored : stored + titles.more * termCount(titles.title, hash);
      if (count > 0) score += (weight * count * (repetition + 1)) / (count + damping);
    }
    return score;
  };
}

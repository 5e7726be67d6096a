import { withoutUndefined, type Passage, type VectorQuery } from '@heddle/core';
import { normalise } from '../embedded/quantise.js';
import { expandQuery } from '../embedded/search/expand-query.js';
import { defaultWeight, fuse, type FusedHit, type ScoredSlot } from '../embedded/search/fuse.js';
import { dot } from '../embedded/search/search-dense.js';

/** Candidates that each leg passes to the fusion. */
const legSize = 100;
/** Candidates in the first round of a hybrid search, which needs only the few best. */
const firstSize = 30;

/** The parts of a search that a server answers. Every list contains only passages that match the filter and that the reader may read. */
export interface ServerLegs {
  /** The passages nearest to a vector of length 1, best first, with cosines. */
  nearest(vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]>;
  /** The passages that contain words of the text, best first. */
  lexical(limit: number): Promise<readonly ScoredSlot[]>;
  /** The stored vectors of passages, of length 1. */
  vectorsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>>;
  /** The number of each passage's document. */
  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>>;
}

/** Answers a query like the embedded store, from the legs of a server: the same two rounds and the same fusion. */
export async function searchLegs(legs: ServerLegs, asked: VectorQuery): Promise<readonly FusedHit[]> {
  const { vector, k, mode } = asked;
  if (mode === 'hybrid') return searchHybrid(legs, asked);
  if (mode === 'lexical')
    return (await legs.lexical(k)).map(({ slot, score }) => ({ slot, fused: score, lexical: score }));
  const hits = vector === undefined ? [] : await legs.nearest(normalise(vector), k);
  return hits.map(({ slot, score }) => ({ slot, fused: score, dense: score }));
}

/** The passages of the hits with their scores, in the same order. A passage that was removed in the meantime is left out. */
export const scoredPassages = (
  hits: readonly FusedHit[],
  mode: VectorQuery['mode'],
  passageOf: (slot: number) => Passage | undefined,
): readonly Passage[] =>
  hits.flatMap(({ slot, dense, lexical, fused }) => {
    const passage = passageOf(slot);
    if (passage === undefined) return [];
    const scores = withoutUndefined({ dense, lexical, fused: mode === 'hybrid' ? fused : undefined });
    return [{ ...passage, score: fused, scores }];
  });

/** Searches in two rounds: the second one uses a query moved towards the hits of the first. */
async function searchHybrid(legs: ServerLegs, asked: VectorQuery): Promise<readonly FusedHit[]> {
  const { vector, k, weight = defaultWeight } = asked;
  const depth = Math.max(legSize, k);
  const lexical = await legs.lexical(depth);
  const documents = new Map<number, number>();
  const round = async (moved: Float32Array | undefined, size: number): Promise<readonly FusedHit[]> => {
    const found = lexical.slice(0, size);
    const dense = moved === undefined ? [] : await denseList(legs, moved, found, size);
    const unknown = [...dense, ...found].map(({ slot }) => slot).filter((slot) => !documents.has(slot));
    if (unknown.length > 0)
      for (const [slot, document] of await legs.documentsOf(unknown)) documents.set(slot, document);
    return fuse({ dense, lexical: found, weight, depth: size, documentOf: (slot) => documents.get(slot) ?? 0 });
  };
  if (vector === undefined) return (await round(undefined, depth)).slice(0, k);
  const question = normalise(vector);
  const first = await round(question, firstSize);
  const near = await legs.vectorsOf(first.map(({ slot }) => slot).slice(0, 10));
  const moved = normalise(expandQuery(question, first, (slot) => near.get(slot)));
  const hits = (await round(moved, depth)).slice(0, k);
  // A threshold applies to the question itself, not to the moved query.
  const exact = await legs.vectorsOf(hits.map(({ slot }) => slot));
  return hits.map((hit) => {
    const held = exact.get(hit.slot);
    return held === undefined ? hit : { ...hit, dense: dot(question, held) };
  });
}

/** The dense leg, followed by passages that only the lexical leg found, so that they get a fair rank. */
async function denseList(
  legs: ServerLegs,
  vector: Float32Array,
  lexical: readonly ScoredSlot[],
  size: number,
): Promise<readonly ScoredSlot[]> {
  const dense = await legs.nearest(vector, size);
  const known = new Set(dense.map(({ slot }) => slot));
  const others = lexical.map(({ slot }) => slot).filter((slot) => !known.has(slot));
  const held = await legs.vectorsOf(others);
  const scored = [...held].map(([slot, other]) => ({ slot, score: dot(vector, other) }));
  return [...dense, ...scored.sort((a, b) => b.score - a.score)];
}

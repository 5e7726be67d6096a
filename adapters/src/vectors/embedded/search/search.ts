import { withoutUndefined, type Passage } from '@heddle/core';
import type { OpenCollection } from '../open-collection.js';
import type { PackedQuery } from '../worker/protocol.js';
import type { Bitset } from '../bitset.js';
import { defaultWeight, fuse, type FusedHit, type ScoredSlot } from './fuse.js';
import { normalise } from '../quantise.js';
import { toPassage } from '../read-passages.js';
import { dot, searchDense, type ReadExact } from './search-dense.js';
import { searchLexical } from './search-lexical.js';
import { remade } from '../write-documents.js';

/** Candidates that each leg passes to the fusion. */
const legSize = 100;

/** Answers one query of one collection: runs the legs that its mode and sides ask for and joins them. */
export function search(collection: OpenCollection, query: PackedQuery): readonly Passage[] {
  if (query.vector !== undefined && query.mode !== 'lexical' && query.vector.length !== collection.dimensions)
    throw remade(collection);
  const hits = query.mode === 'hybrid' ? searchHybrid(collection, query) : searchOneLeg(collection, query, query.mode);
  return hits.flatMap(({ slot, dense, lexical, fused }) => {
    const row = collection.statements.passageBySlot.get(slot);
    if (row === undefined) return [];
    const scores = withoutUndefined({ dense, lexical, fused: query.mode === 'hybrid' ? fused : undefined });
    return [{ ...toPassage(row, collection.name), score: fused, scores }];
  });
}

function searchOneLeg(collection: OpenCollection, query: PackedQuery, mode: 'dense' | 'lexical'): readonly FusedHit[] {
  const hits = mode === 'dense' ? denseLeg(collection, query, query.k) : lexicalLeg(collection, query, query.k);
  return hits.map(({ slot, score }) => ({ slot, fused: score, [mode]: score }));
}

function searchHybrid(collection: OpenCollection, query: PackedQuery): readonly FusedHit[] {
  const depth = Math.max(legSize, query.k);
  const dense = denseLeg(collection, query, depth);
  const lexical = lexicalLeg(collection, query, depth);
  const { statements } = collection;
  const joined = fuse({
    dense: dense.concat(scoreOthers(collection, query, dense, lexical)),
    lexical,
    weight: query.weight ?? defaultWeight,
    depth,
    documentOf: (slot) => statements.documentOf.get(slot) ?? 0,
  });
  return joined.slice(0, query.k);
}

function denseLeg(collection: OpenCollection, query: PackedQuery, limit: number): ScoredSlot[] {
  if (query.vector === undefined) return [];
  return searchDense(
    collection.index(),
    normalise(query.vector),
    limit,
    exactReader(collection),
    allowedRows(collection, query),
  );
}

function lexicalLeg(collection: OpenCollection, query: PackedQuery, limit: number): ScoredSlot[] {
  return query.text === undefined ? [] : searchLexical(collection, query.text, limit, allowedRows(collection, query));
}

/** The rows that the filter keeps; its conditions are remembered, so that the second leg asks at no cost. */
const allowedRows = (collection: OpenCollection, { filter }: PackedQuery): Bitset | undefined =>
  filter === undefined ? undefined : collection.filterRows(filter, collection.index());

/** Cosines of what only the lexical leg found: for a fair rank, and for a threshold on the cosine. */
function scoreOthers(
  collection: OpenCollection,
  query: PackedQuery,
  dense: readonly ScoredSlot[],
  lexical: readonly ScoredSlot[],
): ScoredSlot[] {
  if (query.vector === undefined) return [];
  const vector = normalise(query.vector);
  const readExact = exactReader(collection);
  const known = new Set(dense.map(({ slot }) => slot));
  const others = lexical.flatMap(({ slot }) => {
    const exact = known.has(slot) ? undefined : readExact(slot);
    return exact === undefined ? [] : [{ slot, score: dot(vector, exact) }];
  });
  return others.sort((a, b) => b.score - a.score);
}

function exactReader(collection: OpenCollection): ReadExact {
  const room = new Float32Array(collection.dimensions);
  const bytes = Buffer.from(room.buffer);
  return (slot) => {
    const stored = collection.statements.readExact.get(slot);
    if (stored === undefined) return undefined;
    // Blobs can stand at any address, float arrays cannot: copy into the one room, which is read before the next call.
    stored.copy(bytes);
    return room;
  };
}

import { withoutUndefined, type Passage } from '@heddle/core';
import type { OpenCollection } from '../open-collection.js';
import type { PackedQuery, StoreCalls } from '../worker/protocol.js';
import { hasRow, intersect, type Bitset } from '../bitset.js';
import { defaultWeight, fuse, type FusedHit, type Legs, type ScoredSlot } from './fuse.js';
import { normalise } from '../quantise.js';
import { expandQuery } from './expand-query.js';
import { toPassage } from '../read-passages.js';
import { dot, rankDense, searchDense, type ReadExact } from './search-dense.js';
import { searchLexical } from './search-lexical.js';
import { remade } from '../write-documents.js';

/** Candidates that each leg passes to the fusion. */
const legSize = 100;
/** Candidates in the first round of a hybrid search, which needs only the few best. */
const firstSize = 30;

/** Answers a query on a collection: runs the legs that its mode and inputs require, and joins them. */
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

/** Searches in two rounds: the second one uses a query moved towards the hits of the first. */
function searchHybrid(collection: OpenCollection, query: PackedQuery): readonly FusedHit[] {
  const depth = Math.max(legSize, query.k);
  const lexical = lexicalLeg(collection, query, depth);
  if (query.vector === undefined) return fuseLegs(collection, query, { dense: [], lexical, depth }).slice(0, query.k);
  const readExact = exactReader(collection);
  const round = (vector: Float32Array, size: number): readonly FusedHit[] => {
    const found = lexical.slice(0, size);
    const dense = rankDense(
      collection.index(),
      vector,
      size,
      found.map(({ slot }) => slot),
      allowedRows(collection, query),
    );
    return fuseLegs(collection, query, { dense, lexical: found, depth: size });
  };
  const asked = normalise(query.vector);
  const moved = normalise(expandQuery(asked, round(asked, firstSize), readExact));
  // A threshold applies to the question itself, not to the moved query.
  return round(moved, depth)
    .slice(0, query.k)
    .map((hit) => {
      const exact = readExact(hit.slot);
      return exact === undefined ? hit : { ...hit, dense: dot(asked, exact) };
    });
}

function fuseLegs(
  { statements }: OpenCollection,
  { weight = defaultWeight }: PackedQuery,
  legs: Pick<Legs, 'dense' | 'lexical' | 'depth'>,
): readonly FusedHit[] {
  const slots = new Set([...legs.dense, ...legs.lexical].map(({ slot }) => slot));
  const owners = statements.documentsOf.all(JSON.stringify([...slots]));
  const documents = new Map(owners.map(({ slot, document }) => [slot, document]));
  return fuse({ ...legs, weight, documentOf: (slot) => documents.get(slot) ?? 0 });
}

function denseLeg(collection: OpenCollection, query: PackedQuery, limit: number): ScoredSlot[] {
  if (query.vector === undefined) return [];
  const allowed = allowedRows(collection, query);
  return searchDense(collection.index(), normalise(query.vector), limit, exactReader(collection), allowed);
}

function lexicalLeg(collection: OpenCollection, query: PackedQuery, limit: number): ScoredSlot[] {
  const { text, titleWeight } = query;
  if (text === undefined) return [];
  return searchLexical(collection, { text, limit, allowed: allowedRows(collection, query), titleWeight });
}

/** The ids of those passages that the reader may read and that match the filter. */
export function visibleAmong(
  collection: OpenCollection,
  { positions, to }: Pick<StoreCalls['visible']['take'], 'positions' | 'to'>,
): ReadonlySet<string> {
  const allowed = allowedRows(collection, to);
  const isAllowed = (slot: number): boolean => {
    if (allowed === undefined) return true;
    const row = collection.index().rowOf(slot);
    return row >= 0 && hasRow(allowed, row);
  };
  const asked = new Set(positions.map(({ passage, document }) => `${passage}\n${document}`));
  const found = collection.statements.slotsAmong.all(
    JSON.stringify([...new Set(positions.map(({ passage }) => passage))]),
  );
  return new Set(
    found.filter(({ id, document, slot }) => asked.has(`${id}\n${document}`) && isAllowed(slot)).map(({ id }) => id),
  );
}

/** The rows that the reader may read and that match the filter. Both sets are cached, so the second leg gets them at no cost. */
function allowedRows(
  collection: OpenCollection,
  { filter, readers }: StoreCalls['visible']['take']['to'],
): Bitset | undefined {
  const readable = readers === undefined ? undefined : collection.readerRows.allowed(readers, () => collection.index());
  if (filter === undefined) return readable;
  const kept = collection.filterRows(filter, collection.index());
  return readable === undefined ? kept : intersect(readable, kept);
}

function exactReader(collection: OpenCollection): ReadExact {
  const room = new Float32Array(collection.dimensions);
  const bytes = Buffer.from(room.buffer);
  return (slot) => {
    const stored = collection.statements.readExact.get(slot);
    if (stored === undefined) return undefined;
    // Blobs may be at any address, float arrays may not. So the bytes are copied to one shared array, which the caller reads before its
    // next call.
    stored.copy(bytes);
    return room;
  };
}

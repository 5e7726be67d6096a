import type { Passage } from '@heddle/core';
import type { OpenCollection } from './open-collection.js';
import type { PackedQuery } from './protocol.js';
import { fuse, type FusedHit } from './fuse.js';
import { normalise } from './quantise.js';
import { toPassage } from './read-passages.js';
import { dot, searchDense, type ReadExact } from './search-dense.js';
import { searchLexical } from './search-lexical.js';

/** Candidates that each leg gives to the fusion. */
const legSize = 100;

/** Answers one query of one collection: runs the legs that its mode and sides ask for and joins them. */
export function search(collection: OpenCollection, query: PackedQuery): readonly Passage[] {
  const allowed = query.filter === undefined ? undefined : collection.filterRows(query.filter, collection.index());
  const limit = query.mode === 'hybrid' ? Math.max(legSize, query.k) : query.k;
  const vector = query.mode === 'lexical' || query.vector === undefined ? undefined : normalise(query.vector);
  const readExact = exactReader(collection);
  const dense = vector === undefined ? [] : searchDense(collection.index(), vector, limit, readExact, allowed);
  const lexical = query.mode === 'dense' || query.text === undefined ? [] : searchLexical(collection, query.text, limit, allowed);
  const hits = query.mode === 'hybrid' ? fuse(dense, lexical, query.weight).slice(0, query.k) : singleLeg(query.mode, query.mode === 'dense' ? dense : lexical);
  return hits.flatMap((hit) => {
    const row = collection.statements.passageBySlot.get(hit.slot);
    return row === undefined ? [] : [{ ...toPassage(row, collection.name), ...scoresOf(hit, query.mode, vector, readExact) }];
  });
}

function singleLeg(leg: 'dense' | 'lexical', hits: readonly { slot: number; score: number }[]): FusedHit[] {
  return hits.map(({ slot, score }) => ({ slot, fused: score, [leg]: score }));
}

/** The scores of a result. A hybrid hit of the lexical leg alone gets its cosine too, so that a threshold on it is fair. */
function scoresOf(hit: FusedHit, mode: PackedQuery['mode'], vector: Float32Array | undefined, readExact: ReadExact): Pick<Passage, 'score' | 'scores'> {
  const exact = hit.dense === undefined && vector !== undefined ? readExact(hit.slot) : undefined;
  const dense = exact === undefined || vector === undefined ? hit.dense : dot(vector, exact);
  return {
    score: hit.fused,
    scores: {
      ...(dense === undefined ? {} : { dense }),
      ...(hit.lexical === undefined ? {} : { lexical: hit.lexical }),
      ...(mode === 'hybrid' ? { fused: hit.fused } : {}),
    },
  };
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

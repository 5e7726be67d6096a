import { dot, type ReadExact } from './search-dense.js';
import type { FusedHit } from './fuse.js';

/** Most hits of the first round that move the query. */
const mostHits = 10;
/** How far the query moves if all hits are as near as the nearest. The query has length 1. */
const step = 0.6;
/** A hit whose cosine is below this share of the best one has no weight. */
const leastShare = 0.6;

/**
 * Moves a normalised query towards the hits of the first round (pseudo-relevance feedback), so that passages with the same meaning in other
 * words come nearer. The weight of a hit grows with its cosine, from 0 at `leastShare` of the best cosine to full weight at the best. A
 * question with one clear answer hardly moves.
 */
export function expandQuery(
  query: Float32Array,
  hits: readonly Pick<FusedHit, 'slot'>[],
  readExact: ReadExact,
): Float32Array {
  const found = hits.slice(0, mostHits).flatMap(({ slot }) => {
    const vector = readExact(slot);
    return vector === undefined ? [] : [{ vector: vector.slice(), cosine: dot(query, vector) }];
  });
  const best = Math.max(0, ...found.map(({ cosine }) => cosine));
  const moved = query.slice();
  if (best === 0) return moved;
  for (const { vector, cosine } of found) {
    const weight = ((step / mostHits) * Math.max(0, cosine / best - leastShare)) / (1 - leastShare);
    for (let index = 0; index < moved.length; index += 1)
      moved[index] = (moved[index] ?? 0) + weight * (vector[index] ?? 0);
  }
  return moved;
}

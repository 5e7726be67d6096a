import { dot, type ReadExact } from './search-dense.js';
import type { FusedHit } from './fuse.js';

/** Hits of the first round that the query moves towards, at most. */
const mostHits = 10;
/** How far the query moves when all of them are as near as the nearest; it has length 1 itself. */
const step = 0.6;
/** Share of the best cosine at which a hit counts as nothing. */
const leastShare = 0.6;

/**
 * Moves a normalised query towards what the first round found (pseudo-relevance feedback): passages that say the same
 * differently come nearer. A hit counts by its cosine, from nothing at a share of the best one's to all at the best one's.
 * So a question with one clear answer hardly moves.
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

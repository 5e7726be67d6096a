import type { DenseHit } from './search-dense.js';
import type { LexicalHit } from './search-lexical.js';

/** A passage's slot with the score of each leg that found it and of their fusion. */
export interface FusedHit {
  readonly slot: number;
  readonly dense?: number;
  readonly lexical?: number;
  readonly fused: number;
}

/** Rank that halves the gain of a first place: the customary constant of reciprocal rank fusion. */
const rankConstant = 60;

/** Joins two ranked lists by reciprocal rank; `weight` is the share of the dense list, 0 to 1. */
export function fuse(dense: readonly DenseHit[], lexical: readonly LexicalHit[], weight: number): FusedHit[] {
  const joined = new Map<number, { slot: number; dense?: number; lexical?: number; fused: number }>();
  const add = (leg: 'dense' | 'lexical', hits: readonly DenseHit[], share: number): void =>
    hits.forEach(({ slot, score }, rank) => {
      const hit = joined.get(slot) ?? { slot, fused: 0 };
      hit[leg] = score;
      hit.fused += share / (rankConstant + rank + 1);
      joined.set(slot, hit);
    });
  add('dense', dense, weight);
  add('lexical', lexical, 1 - weight);
  return [...joined.values()].sort((a, b) => b.fused - a.fused || a.slot - b.slot);
}

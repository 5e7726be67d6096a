/** A passage's slot and its score in one leg of a search. */
export interface ScoredSlot {
  readonly slot: number;
  readonly score: number;
}

/** A passage's slot with the score of each leg and of their fusion. */
export interface FusedHit {
  readonly slot: number;
  readonly dense?: number;
  readonly lexical?: number;
  readonly fused: number;
}

/** The hits to join. Each list is sorted, best first. Where the query has a vector, `dense` also contains the lexical hits. */
export interface Legs {
  readonly dense: readonly ScoredSlot[];
  readonly lexical: readonly ScoredSlot[];
  /** Share of the dense leg, 0 to 1. */
  readonly weight: number;
  /**
   * The rank at which the scores of a leg count as zero. Later hits of the dense leg were scored only because the lexical leg found them.
   */
  readonly depth: number;
  readonly documentOf: (slot: number) => number;
}

/** The weight of the dense leg where a query sets none; see decision 0119. */
export const defaultWeight = 0.5;

// Ranks alone cannot tell a clear winner from a narrow one, and with scores alone an outlier in one leg decides. Ranks with a share of the
// scores, and with a share of the best other passage of the same document, are better than either; see decision 0171.
const rankConstant = 60;
const scoreShare = 0.025;
const documentShare = 0.1;

/** Joins the legs: reciprocal ranks, a small share of the scores, and a small share of the document's next best passage. */
export function fuse({ dense, lexical, weight, depth, documentOf }: Legs): FusedHit[] {
  const joined = new Map<number, { slot: number; dense?: number; lexical?: number; ranks: number; scores: number }>();
  const add = (leg: 'dense' | 'lexical', hits: readonly ScoredSlot[], share: number, floor: number): void => {
    const span = (hits[0]?.score ?? 0) - floor;
    hits.forEach(({ slot, score }, rank) => {
      const hit = joined.get(slot) ?? { slot, ranks: 0, scores: 0 };
      hit[leg] = score;
      hit.ranks += share / (rankConstant + rank + 1);
      hit.scores += span > 0 ? share * Math.max(0, (score - floor) / span) : 0;
      joined.set(slot, hit);
    });
  };
  add('dense', dense, weight, dense[Math.min(depth, dense.length) - 1]?.score ?? 0);
  // A shorter list contains every passage with a word of the question, so a missing passage scores zero.
  add('lexical', lexical, 1 - weight, lexical[depth - 1]?.score ?? 0);

  const others = bestOfOthers([...joined.values()], documentOf);
  return [...joined.values()]
    .map(({ ranks, scores, ...hit }) => ({
      ...hit,
      fused: ranks + scoreShare * (scores + documentShare * others(hit.slot)),
    }))
    .sort((a, b) => b.fused - a.fused || a.slot - b.slot);
}

/** Looks up the score of the second best passage of a passage's document. */
function bestOfOthers(
  hits: readonly { readonly slot: number; readonly scores: number }[],
  documentOf: (slot: number) => number,
): (slot: number) => number {
  const best = new Map<number, readonly [first: number, second: number]>();
  const owners = new Map(hits.map(({ slot }) => [slot, documentOf(slot)]));
  const ownerOf = (slot: number): number => owners.get(slot) ?? 0;
  for (const { slot, scores } of hits) {
    const [first, second] = best.get(ownerOf(slot)) ?? [0, 0];
    best.set(ownerOf(slot), scores > first ? [scores, first] : [first, Math.max(second, scores)]);
  }
  return (slot) => best.get(ownerOf(slot))?.[1] ?? 0;
}

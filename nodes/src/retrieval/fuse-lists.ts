import type { Passage } from '@heddle/core';

/** The usual constant of reciprocal rank fusion. It reduces the lead of the first ranks. */
const rankOffset = 60;

/** Merges ranked lists by reciprocal rank fusion: a passage with a high rank in several lists comes first. Scores become the fused scores. */
export function fuseLists(lists: readonly (readonly Passage[])[], most: number): Passage[] {
  const byKey = new Map<string, { passage: Passage; score: number }>();
  for (const list of lists) {
    list.forEach((passage, rank) => {
      const key = `${passage.collection ?? ''}\n${passage.id}`;
      const known = byKey.get(key) ?? { passage, score: 0 };
      byKey.set(key, { passage: known.passage, score: known.score + 1 / (rankOffset + rank + 1) });
    });
  }
  return [...byKey.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ passage, score }) => ({ ...passage, score, scores: { ...passage.scores, fused: score } }));
}

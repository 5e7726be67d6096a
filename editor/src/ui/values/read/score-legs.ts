import type { Passage } from '@heddle/core';

const legs = [
  { name: 'dense', title: 'Semantic' },
  { name: 'lexical', title: 'Keyword' },
  { name: 'fused', title: 'Combined' },
  { name: 'graph', title: 'Linked' },
  { name: 'rerank', title: 'Reranked' },
] as const;

/** The scores of a passage by search method, with the same names everywhere. */
export function scoreLegs(scores: Passage['scores']): readonly { readonly title: string; readonly score: number }[] {
  return legs.flatMap(({ name, title }) => {
    const score = scores?.[name];
    return score === undefined ? [] : [{ title, score }];
  });
}

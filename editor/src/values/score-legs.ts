import type { Passage } from '@heddle/core';

const legs = [
  { name: 'dense', title: 'Semantic' },
  { name: 'lexical', title: 'Keyword' },
  { name: 'fused', title: 'Combined' },
  { name: 'rerank', title: 'Reranked' },
] as const;

/** The scores of a passage by the legs of the search that took part, in words that are the same wherever they are shown. */
export function scoreLegs(scores: Passage['scores']): readonly { readonly title: string; readonly score: number }[] {
  return legs.flatMap(({ name, title }) => {
    const score = scores?.[name];
    return score === undefined ? [] : [{ title, score }];
  });
}

import type { Passage } from '@heddle/core';

type Scored = Pick<Passage, 'score' | 'scores'>;

/**
 * The relevance of each passage of a list, from 0 to 1, by the score that orders the list; undefined for a passage without a score. A
 * similarity or a reranker's score is shown as it is. Other scores have no fixed scale, so they are shown as a share of the best score in
 * the list.
 */
export function relevanceOf(passages: readonly Scored[]): readonly (number | undefined)[] {
  const scores = passages.map(({ score }) => score);
  const known = scores.flatMap((score) => (score !== undefined && Number.isFinite(score) ? [score] : []));
  const hasScale = passages.every(
    ({ score, scores: legs }) =>
      score === undefined || ((score === legs?.dense || score === legs?.rerank) && score >= -1 && score <= 1),
  );
  const best = hasScale ? 1 : Math.max(0, ...known);
  return scores.map((score) =>
    score === undefined ? undefined : best <= 0 || !Number.isFinite(score) ? 0 : Math.min(1, Math.max(0, score / best)),
  );
}

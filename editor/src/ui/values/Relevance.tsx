import type { Passage } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatScore } from '../format/format-score.js';
import { scoreLegs } from './read/score-legs.js';

/** How relevant a passage is, as a bar; the figures of the search are under Details. */
export function Relevance({
  relevance,
  passage,
}: {
  readonly relevance: number | undefined;
  readonly passage: Pick<Passage, 'score' | 'scores'>;
}): ReactElement | null {
  const legs = scoreLegs(passage.scores);
  const figures = legs.length === 0 && passage.score !== undefined ? [{ title: 'Score', score: passage.score }] : legs;
  if (relevance === undefined && figures.length === 0) return null;
  const percent = relevance === undefined ? undefined : Math.round(relevance * 100);
  return (
    <div className="relevance">
      {percent === undefined ? null : (
        <span
          className="relevance-bar"
          role="img"
          aria-label={`Relevance ${percent} %`}
          data-tip={`Relevance ${percent} %`}
        >
          <span style={{ width: `${percent}%` }} />
        </span>
      )}
      <details className="small-quiet">
        <summary>Details</summary>
        <dl className="passage-legs wrapped figure">
          {figures.map(({ title, score }) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{formatScore(score)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

import type { Passage } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatScore } from '../format/format-score.js';
import { LinkedBy } from './LinkedBy.js';
import { scoreLegs } from './read/score-legs.js';

/** The relevance of a passage as a bar, and the entities that link it to the question. The scores of the search are under Details. */
export function Relevance({
  relevance,
  passage,
}: {
  readonly relevance: number | undefined;
  readonly passage: Pick<Passage, 'score' | 'scores' | 'linkedBy'>;
}): ReactElement | null {
  const legs = scoreLegs(passage.scores);
  const figures = legs.length === 0 && passage.score !== undefined ? [{ title: 'Score', score: passage.score }] : legs;
  const { linkedBy = [] } = passage;
  if (relevance === undefined && figures.length === 0 && linkedBy.length === 0) return null;
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
      <LinkedBy names={linkedBy} />
      {figures.length === 0 ? null : (
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
      )}
    </div>
  );
}

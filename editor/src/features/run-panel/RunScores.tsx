import clsx from 'clsx';
import type { ShownScore } from '@heddle/core';
import type { ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import styles from './run-panel.module.css';

/** The scores that monitors gave to a run: metric, value and explanation. Renders nothing if no monitor has judged it. */
export function RunScores({ runId }: { readonly runId: string }): ReactElement | null {
  return useKnownMay('run:values') === true ? <Loaded key={runId} runId={runId} /> : null;
}

function Loaded({ runId }: { readonly runId: string }): ReactElement | null {
  const { value } = useGet('/api/runs/{id}/scores', { params: { path: { id: runId } } });
  if (value === undefined || value.scores.length === 0) return null;
  return (
    <ul className={clsx(styles['feedback-others'], 'small-text')} aria-label="Scores">
      {value.scores.map((score) => (
        <li key={`${score.monitorId} ${score.metric}`}>
          <strong>{score.metric}</strong> <span className="figure">{valueText(score)}</span>{' '}
          {score.monitor === undefined ? null : (
            <Link href={qualityPath('monitors', score.monitorId)} className="text-link">
              {score.monitor}
            </Link>
          )}
          <div className="quiet" dir="auto">
            {score.explanation}
          </div>
        </li>
      ))}
    </ul>
  );
}

function valueText({ value, isPassed }: ShownScore): string {
  if (value === undefined) return 'not judged';
  const side = isPassed === undefined ? '' : isPassed ? ', passed' : ', failed';
  return `${Math.round(value * 1_000) / 1_000}${side}`;
}

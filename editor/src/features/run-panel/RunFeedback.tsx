import clsx from 'clsx';
import type { GivenFeedback } from '@heddle/core';
import type { ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { FeedbackBar } from '../../ui/feedback/FeedbackBar.js';
import { feedbackValuesOf, type FeedbackValues } from '../../ui/feedback/feedback-of-run.js';
import styles from './run-panel.module.css';

/** The feedback on the answer of a run. Users can give, change and remove their own feedback here. */
export function RunFeedback({
  runId,
  answer,
}: {
  readonly runId: string;
  /** The answer as text, with which a correction starts. */
  readonly answer?: string | undefined;
}): ReactElement | null {
  const mayRead = useKnownMay('run:values') === true;
  const mayRate = useKnownMay('run:feedback') === true;
  return mayRead ? <Loaded key={runId} runId={runId} answer={answer} mayRate={mayRate} /> : null;
}

function Loaded({
  runId,
  answer,
  mayRate,
}: {
  readonly runId: string;
  readonly answer: string | undefined;
  readonly mayRate: boolean;
}): ReactElement | null {
  const loaded = useGet('/api/runs/{id}/feedback', { params: { path: { id: runId } } });
  const send = useAction();
  if (loaded.value === undefined) return null;
  const { feedback, names } = loaded.value;
  const whole = feedback.filter(({ message }) => message === undefined);
  const own = whole.find(({ isOwn }) => isOwn);
  const others = feedback.filter((given) => given !== own);
  const params = { path: { id: runId } };
  const saveFeedback = (said: FeedbackValues): void =>
    send.run(async () => {
      await client.POST('/api/runs/{id}/feedback', { params, body: { ...said } });
      loaded.again();
    });
  const remove = (): void =>
    send.run(async () => {
      await client.DELETE('/api/runs/{id}/feedback', { params });
      loaded.again();
    });
  if (!mayRate && others.length === 0) return null;
  return (
    <div className="stack gap-8">
      {mayRate ? (
        <FeedbackBar
          said={own === undefined ? undefined : feedbackValuesOf(own)}
          answer={answer}
          isBusy={send.isBusy}
          status={send.error?.message ?? (own === undefined ? '' : 'Your feedback is saved.')}
          onGive={saveFeedback}
          onRemove={remove}
        />
      ) : null}
      {others.length === 0 ? null : (
        <ul className={clsx(styles['feedback-others'], 'small-text')} aria-label="Feedback of others">
          {others.map((given, index) => (
            <li key={index}>
              <strong>{names[given.who] ?? given.who}</strong> {verdictText(given)}
              {given.message === undefined ? '' : ` (${given.message})`}
              {given.comment === undefined ? null : <div className="quiet">{given.comment}</div>}
              {given.correction === undefined ? null : (
                <div className="quiet">Corrected: {feedbackValuesOf(given).correction}</div>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function verdictText({ thumb, rating, score }: GivenFeedback): string {
  if (rating !== undefined) return `rated it ${rating} of 5`;
  if (thumb !== undefined) return thumb === 'up' ? 'found it good' : 'found it bad';
  return score === undefined ? 'commented' : `scored it ${score.toFixed(2)}`;
}

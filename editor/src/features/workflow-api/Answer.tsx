import clsx from 'clsx';
import type { ReactElement } from 'react';
import type { PublishedAnswer } from '../../data/api/published.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import type { StreamView } from './stream-view.js';
import styles from './workflow-api.module.css';

/** The reply to a call: first the stream, then the complete reply. */
export function Answer({
  answer,
  stream,
  isBusy,
}: {
  readonly answer: PublishedAnswer | undefined;
  readonly stream: StreamView;
  readonly isBusy: boolean;
}): ReactElement | null {
  const texts = Object.entries(stream.texts);
  if (answer === undefined && !isBusy) return null;
  return (
    <div className={clsx(styles['api-answer'], 'stack')} role="region" aria-label="Reply">
      {isBusy && texts.length === 0 && stream.nodes.length === 0 ? (
        <p className="quiet">Waiting for the reply…</p>
      ) : null}
      {stream.nodes.length === 0 ? null : (
        <ul className={clsx(styles['api-nodes'], 'wrapped')} aria-label="Nodes">
          {stream.nodes.map(({ node, status }) => (
            <li key={node}>
              <span className="row-dot" data-status={status} aria-hidden /> <span className="mono">{node}</span>{' '}
              <span className="quiet">{status}</span>
            </li>
          ))}
        </ul>
      )}
      {texts.map(([name, text]) => (
        <section key={name} aria-label={`Stream of ${name}`}>
          <h3 className="mono quiet">{name}</h3>
          <p className={styles['api-text']}>{text}</p>
        </section>
      ))}
      {stream.error === undefined ? null : <p className="field-error">{stream.error}</p>}
      {answer === undefined ? null : (
        <>
          <p className={styles['api-status']} data-problem={answer.isProblem || undefined}>
            <strong className="figure">{answer.status}</strong>{' '}
            {answer.version === undefined || answer.version === '' ? null : <>version {answer.version} · </>}
            <span className="quiet figure">{formatDuration(answer.ms)}</span>
          </p>
          <pre className="mono" tabIndex={0} aria-label="Reply as JSON">
            {answer.body === undefined ? 'The reply could not be read.' : JSON.stringify(answer.body, null, 2)}
          </pre>
        </>
      )}
    </div>
  );
}

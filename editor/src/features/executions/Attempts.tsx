import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatTimeOfDay } from '../../ui/format/format-time-of-day.js';
import { type PathRecord, useExecutionAt } from '../run/index.js';
import { useAttemptText } from './use-attempts.js';
import styles from './executions.module.css';

/** The attempts of a retried execution: each error, the pause after it, and the state of the last attempt. */
export function Attempts({
  path,
  records,
}: {
  readonly path: string;
  readonly records: readonly PathRecord[];
}): ReactElement | null {
  const execution = useExecutionAt(path);
  const text = useAttemptText(path);
  const failed = records.filter((record) => record.type === 'node-retry');
  if (failed.length === 0 || execution === undefined || text === undefined) return null;
  return (
    <section className={styles['label-steps']} aria-label="Attempts">
      <h3>Attempts</h3>
      <ol className={styles['attempts']}>
        {failed.map(({ seq, time, error, dueAt }, index) => (
          <li key={seq} className={styles['attempt']}>
            <span className="row-dot" data-status="failed" aria-hidden />
            <div>
              <p>
                <strong>Attempt {index + 1}</strong> failed at{' '}
                <time className="figure" dateTime={new Date(time).toISOString()}>
                  {formatTimeOfDay(time)}
                </time>
                {isErrorCode(error.code) ? `: ${errorCodes[error.code].title}` : ''}
              </p>
              <p className="quiet" dir="auto">
                {error.message}
              </p>
              <p className="quiet figure">Next attempt after {formatDuration(Math.max(0, dueAt - time))}.</p>
            </div>
          </li>
        ))}
        <li className={styles['attempt']}>
          <span className="row-dot" data-status={execution.status} aria-hidden />
          <p>
            <strong>{text.replace('attempt', 'Attempt')}</strong> {lastText[execution.status] ?? ''}
          </p>
        </li>
      </ol>
    </section>
  );
}

const lastText: Readonly<Record<string, string>> = {
  done: 'succeeded',
  failed: 'failed',
  retrying: 'follows',
  running: 'is running',
  streaming: 'is running',
  queued: 'is queued',
  suspended: 'waits',
  paused: 'is paused',
  cancelled: 'was cancelled',
};

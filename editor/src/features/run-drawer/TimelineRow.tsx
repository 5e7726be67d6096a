import clsx from 'clsx';
import { memo, type ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { seenState, nodeStateText, StateMark, useExecutionAt } from '../run/index.js';
import { useAttemptText, useExecutionText } from '../executions/index.js';
import { barOf } from './timeline-scale.js';
import styles from './run-drawer.module.css';

interface TimelineRowProps {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly isChosen: boolean;
  readonly onChoose: (path: string) => void;
}

/** An execution with its status, its name, and its time as a bar. */
export const TimelineRow = memo(function TimelineRow({
  path,
  from,
  to,
  now,
  isChosen,
  onChoose,
}: TimelineRowProps): ReactElement | null {
  const execution = useExecutionAt(path);
  const { around, which, own } = useExecutionText(path);
  const attempt = useAttemptText(path);
  if (execution === undefined) return null;
  const state = seenState(execution, now);
  const { startedAt } = execution;
  const end = execution.endedAt ?? now;
  const bar = startedAt === undefined ? undefined : barOf(startedAt, end, from, to);
  const took = startedAt === undefined ? '' : formatDuration(Math.max(0, end - startedAt));
  return (
    <li>
      <button
        type="button"
        className={clsx(styles['timeline-row'], 'bare-button')}
        aria-pressed={isChosen}
        onClick={() => onChoose(path)}
        data-tip={around === '' ? path : `${around}${which} › ${own}\n${path}`}
      >
        <StateMark state={state} />
        <span className={styles['timeline-name']}>
          {around === '' ? null : (
            <>
              <span className={styles['timeline-around']}>{around}</span>
              <span>{which} ›&nbsp;</span>
            </>
          )}
          <span className={styles['timeline-own']}>
            {own}
            {attempt === undefined ? null : <span className="quiet"> {attempt}</span>}
          </span>
        </span>
        <span className={styles['timeline-track']} aria-hidden>
          {bar === undefined ? null : (
            <span
              className={styles['timeline-bar']}
              data-status={execution.status}
              style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
            />
          )}
        </span>
        <span className={clsx(styles['timeline-time'], 'small-quiet figure')}>
          <span className="visually-hidden">{nodeStateText(state)} </span>
          {execution.status === 'skipped' ? 'skipped' : took}
        </span>
      </button>
    </li>
  );
});

import clsx from 'clsx';
import { TriangleAlert } from 'lucide-react';
import type { SchedulePreview } from '@heddle/core';
import type { ReactElement } from 'react';
import { timeIn } from './schedule-text.js';
import styles from '../triggers.module.css';

/** Explains when a schedule runs: a description, its next times, and the effect of daylight saving time. */
export function ScheduleReading({
  reading: { words: text, next, notes },
  timeZone,
}: {
  readonly reading: Pick<SchedulePreview, 'words' | 'next' | 'notes'>;
  readonly timeZone: string;
}): ReactElement {
  return (
    <div className={clsx(styles['schedule-reading'], 'grid gap-4')}>
      <p>
        <strong>{text}</strong>
      </p>
      {next.length === 0 ? null : (
        <ol aria-label="Next times" className="figure">
          {next.map((time) => (
            <li key={time}>
              <time dateTime={new Date(time).toISOString()}>{timeIn(time, timeZone, next)}</time>
            </li>
          ))}
        </ol>
      )}
      {notes.map((note) => (
        <p key={note} className={styles['schedule-note']}>
          <TriangleAlert size={14} aria-hidden /> {note}
        </p>
      ))}
    </div>
  );
}

import clsx from 'clsx';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { ticksOf } from './timeline-scale.js';
import styles from './run-drawer.module.css';

/** Time marks above the bars. */
export function TimelineAxis({ length }: { readonly length: number }): ReactElement {
  return (
    <div className={clsx(styles['timeline-axis'], 'figure')} aria-hidden>
      {ticksOf(length).map((tick) => (
        <span key={tick} style={{ left: `${(tick / Math.max(1, length)) * 100}%` }}>
          {tick === 0 ? '0' : formatDuration(tick)}
        </span>
      ))}
    </div>
  );
}

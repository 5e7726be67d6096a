import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { ticksOf } from './timeline-scale.js';

/** Time marks above the bars. */
export function TimelineAxis({ length }: { readonly length: number }): ReactElement {
  return (
    <div className="timeline-axis figure" aria-hidden>
      {ticksOf(length).map((tick) => (
        <span key={tick} style={{ left: `${(tick / Math.max(1, length)) * 100}%` }}>
          {tick === 0 ? '0' : formatDuration(tick)}
        </span>
      ))}
    </div>
  );
}

import type { ScorePoint } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from './monitors.module.css';

const width = 120;
const height = 28;
const margin = 3;

/** The means of a metric over time, as a line without axes. Screen readers skip it, because the numbers are beside it. */
export function Sparkline({
  points,
  from,
  to,
}: {
  readonly points: readonly ScorePoint[];
  readonly from: number;
  readonly to: number;
}): ReactElement {
  const measured = points.flatMap(({ time, mean }) => (mean === null ? [] : [{ time, mean }]));
  const highest = Math.max(1, ...measured.map(({ mean }) => mean));
  const dots = measured.map(({ time, mean }) => ({
    x: margin + ((time - from) / Math.max(1, to - from)) * (width - 2 * margin),
    y: height - margin - (mean / highest) * (height - 2 * margin),
  }));
  const last = dots.at(-1);
  return (
    <svg className={styles['sparkline']} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden>
      <polyline points={dots.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {last === undefined ? null : <circle cx={last.x} cy={last.y} r={2.5} />}
    </svg>
  );
}

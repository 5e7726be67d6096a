import type { ReactElement } from 'react';

const width = 640;
const height = 280;
const frame = { left: 84, right: 16, top: 28, bottom: 34 };

/** A dot of the chart. */
export interface ScatterPoint {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly label?: string | undefined;
  /** The tooltip, which describes the dot. */
  readonly tip: string;
  /** Whether no other dot beats this one. A line connects these dots. */
  readonly isOnFront: boolean;
  /** Whether the others are compared with this one, which is drawn as a ring. */
  readonly isBase?: boolean | undefined;
}

/**
 * A chart of two figures, such as quality against money or time. A table or list beside it must contain the same figures as text.
 *
 * @example <ScatterPlot points={points} xText={(ms) => `${ms} ms`} yText={(share) => `${share * 100} %`} />
 */
export function ScatterPlot({
  points,
  xText,
  yText,
  yMost = Infinity,
}: {
  readonly points: readonly ScatterPoint[];
  /** The largest value that is possible, such as 1 for a share. */
  readonly yMost?: number;
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
}): ReactElement {
  const x = scaleOf(
    points.map((point) => point.x),
    { from: frame.left, to: width - frame.right, most: Infinity },
  );
  const y = scaleOf(
    points.map((point) => point.y),
    { from: height - frame.bottom, to: frame.top, most: yMost },
  );
  const line = points
    .filter(({ isOnFront }) => isOnFront)
    .toSorted((one, other) => one.x - other.x)
    .map((point) => `${x.at(point.x)},${y.at(point.y)}`)
    .join(' ');
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${height}`} aria-hidden>
      <path className="chart-axis" d={`M${frame.left} ${frame.top}V${height - frame.bottom}H${width - frame.right}`} />
      {[x.low, x.high].map((value, index) => (
        <text
          key={index}
          x={index === 0 ? frame.left : width - frame.right}
          y={height - 12}
          textAnchor={index === 0 ? 'start' : 'end'}
        >
          {xText(value)}
        </text>
      ))}
      {[y.low, y.high].map((value, index) => (
        <text key={index} x={frame.left - 8} y={index === 0 ? height - frame.bottom : frame.top + 4} textAnchor="end">
          {yText(value)}
        </text>
      ))}
      <polyline className="chart-front" points={line} />
      {points.map(({ id, label, tip, isOnFront, isBase, ...point }) => (
        <g key={id} data-front={isOnFront || undefined} data-base={isBase || undefined} data-tip={tip}>
          <circle cx={x.at(point.x)} cy={y.at(point.y)} r={6} />
          {label === undefined ? null : <text {...besideDot(x.at(point.x), y.at(point.y))}>{label}</text>}
        </g>
      ))}
    </svg>
  );
}

/** The position of a dot's label: above the dot and to its right, or to its left near the right edge. */
const besideDot = (
  x: number,
  y: number,
): { readonly x: number; readonly y: number; readonly textAnchor: 'start' | 'end' } =>
  x > width - frame.right - 60
    ? { x: x - 10, y: y - 8, textAnchor: 'end' }
    : { x: x + 10, y: y - 8, textAnchor: 'start' };

/** A linear scale with some space at both ends. If all values are equal, they are in the middle. */
function scaleOf(
  values: readonly number[],
  { from, to, most }: { readonly from: number; readonly to: number; readonly most: number },
): { readonly low: number; readonly high: number; at(value: number): number } {
  const least = Math.min(...values);
  const largest = Math.max(...values);
  const room = (largest - least) * 0.08 || Math.abs(largest) * 0.1 || 1;
  const low = least - room < 0 && least >= 0 ? 0 : least - room;
  const high = Math.min(most, largest + room);
  return { low, high, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

import type { RoutePoint } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from '../experiments.module.css';

const width = 640;
const height = 240;
const frame = { left: 56, right: 16, top: 12, bottom: 34 };
const points = (value: number): string => value.toFixed(1);

/** The quality that is lost, by the share of requests that the cheap variant gets. The table has the same figures. */
export function RouteCurve({
  curve,
  maxLoss,
}: {
  readonly curve: readonly RoutePoint[];
  readonly maxLoss: number;
}): ReactElement {
  const low = Math.min(0, ...curve.map((point) => point.low));
  const high = Math.max(maxLoss, 1, ...curve.map((point) => point.high));
  const x = (share: number): number => frame.left + share * (width - frame.left - frame.right);
  const y = (loss: number): number =>
    height - frame.bottom - ((loss - low) / (high - low)) * (height - frame.top - frame.bottom);
  const at = (share: number, loss: number): string => `${x(share)},${y(loss)}`;
  const band = [
    ...curve.map(({ share, high: end }) => at(share, end)),
    ...curve.toReversed().map(({ share, low: end }) => at(share, end)),
  ];
  return (
    <details className={styles['route-curve']}>
      <summary>Loss by share</summary>
      <svg className="chart" viewBox={`0 0 ${width} ${height}`} aria-hidden>
        <path
          className="chart-axis"
          d={`M${frame.left} ${frame.top}V${height - frame.bottom}H${width - frame.right}`}
        />
        <polygon className={styles['route-band']} points={band.join(' ')} />
        <polyline className={styles['route-line']} points={curve.map(({ share, loss }) => at(share, loss)).join(' ')} />
        <path className="chart-front" d={`M${frame.left} ${y(maxLoss)}H${width - frame.right}`} />
        <text x={width - frame.right} y={y(maxLoss) - 6} textAnchor="end">
          limit: {points(maxLoss)} points
        </text>
        <text x={frame.left} y={height - 12}>
          0 %
        </text>
        <text x={width - frame.right} y={height - 12} textAnchor="end">
          100 % with the cheap variant
        </text>
        {[low, high].map((value, index) => (
          <text key={index} x={frame.left - 8} y={index === 0 ? height - frame.bottom : frame.top + 8} textAnchor="end">
            {points(value)}
          </text>
        ))}
      </svg>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Share</th>
            <th scope="col" className="number">
              Lost points
            </th>
            <th scope="col" className="number">
              95 % interval
            </th>
          </tr>
        </thead>
        <tbody>
          {curve.map(({ threshold, share, loss, low: from, high: to }) => (
            <tr key={threshold}>
              <th scope="row" className="figure">
                {Math.round(share * 100)} %
              </th>
              <td className="number">{points(loss)}</td>
              <td className="number">
                {points(from)} to {points(to)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

import type { ComparisonTable, ExperimentVariant } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { SelectField } from '../../ui/fields/FormFields.js';
import { figureText } from '../../ui/format/figure-text.js';

const width = 640;
const height = 280;
const frame = { left: 56, right: 16, top: 12, bottom: 34 };

interface Dot {
  readonly variant: ExperimentVariant;
  readonly quality: number;
  readonly price: number;
  readonly isOnFront: boolean;
}

/** Quality against money or time. The line joins the variants that no other one beats. The table beside it says the same in words. */
export function ParetoChart({
  table,
  variants,
}: {
  readonly table: ComparisonTable;
  readonly variants: readonly ExperimentVariant[];
}): ReactElement | null {
  const [chosen, setChosen] = useState('0');
  const front = table.fronts[Number(chosen)] ?? table.fronts[0];
  if (front === undefined) return null;
  const metricOf = (name: string) => table.metrics.find((metric) => metric.name === name);
  const [quality, price] = [metricOf(front.quality), metricOf(front.price)];
  if (quality === undefined || price === undefined) return null;
  const meanOf = (variant: string, metric: string): number | undefined =>
    table.scores.find((score) => score.variant === variant && score.metric === metric)?.mean;
  const dots = variants.flatMap((variant): Dot[] => {
    const [up, cost] = [meanOf(variant.id, front.quality), meanOf(variant.id, front.price)];
    if (up === undefined || cost === undefined) return [];
    return [{ variant, quality: up, price: cost, isOnFront: front.variants.includes(variant.id) }];
  });
  return (
    <section className="section">
      <h2>Quality and price</h2>
      <SelectField
        title="Show"
        value={chosen}
        choices={table.fronts.map((one, index) => [
          String(index),
          `${metricOf(one.quality)?.title ?? one.quality} against ${(metricOf(one.price)?.title ?? one.price).toLowerCase()}`,
        ])}
        onChange={setChosen}
      />
      <Plot
        dots={dots}
        xText={(value) => figureText(value, price.unit)}
        yText={(value) => figureText(value, quality.unit)}
      />
      <ul className="experiment-legend">
        {dots.map(({ variant, quality: up, price: cost, isOnFront }, index) => (
          <li key={variant.id}>
            <span className="mono">{index + 1}</span> <span dir="auto">{variant.name}</span>:{' '}
            {figureText(up, quality.unit)}, {figureText(cost, price.unit)}
            {isOnFront ? ' (no other variant beats it)' : ''}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Plot({
  dots,
  xText,
  yText,
}: {
  readonly dots: readonly Dot[];
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
}): ReactElement {
  const x = scaleOf(
    dots.map(({ price }) => price),
    frame.left,
    width - frame.right,
  );
  const y = scaleOf(
    dots.map(({ quality }) => quality),
    height - frame.bottom,
    frame.top,
  );
  const line = dots
    .filter(({ isOnFront }) => isOnFront)
    .toSorted((one, other) => one.price - other.price)
    .map(({ price, quality }) => `${x.at(price)},${y.at(quality)}`)
    .join(' ');
  return (
    <svg className="experiment-chart" viewBox={`0 0 ${width} ${height}`} aria-hidden>
      <path
        className="experiment-axis"
        d={`M${frame.left} ${frame.top}V${height - frame.bottom}H${width - frame.right}`}
      />
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
        <text key={index} x={frame.left - 8} y={index === 0 ? height - frame.bottom : frame.top + 8} textAnchor="end">
          {yText(value)}
        </text>
      ))}
      <polyline className="experiment-front" points={line} />
      {dots.map(({ variant, price, quality, isOnFront }, index) => (
        <g key={variant.id} data-front={isOnFront || undefined}>
          <circle cx={x.at(price)} cy={y.at(quality)} r={6} />
          <text x={x.at(price) + 10} y={y.at(quality) - 8}>
            {index + 1}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** A linear scale with a little room; equal values lie in the middle. */
function scaleOf(
  values: readonly number[],
  from: number,
  to: number,
): { readonly low: number; readonly high: number; at(value: number): number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least) * 0.08 || Math.abs(most) * 0.1 || 1;
  const [low, high] = [least - room < 0 && least >= 0 ? 0 : least - room, most + room];
  return { low, high, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

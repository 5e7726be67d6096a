import type { ComparisonTable, ExperimentVariant } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { ScatterPlot } from '../../ui/charts/ScatterPlot.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { figureText } from '../../ui/format/figure-text.js';
import styles from './experiments.module.css';

interface Dot {
  readonly variant: ExperimentVariant;
  readonly quality: number;
  readonly price: number;
  readonly isOnFront: boolean;
}

/**
 * Quality against cost or time. A line connects the variants that no other variant beats. The table beside the chart has the same figures.
 */
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
  const quality = metricOf(front.quality);
  const price = metricOf(front.price);
  if (quality === undefined || price === undefined) return null;
  const meanOf = (variant: string, metric: string): number | undefined =>
    table.scores.find((score) => score.variant === variant && score.metric === metric)?.mean;
  const dots = variants.flatMap((variant): Dot[] => {
    const up = meanOf(variant.id, front.quality);
    const cost = meanOf(variant.id, front.price);
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
      <ScatterPlot
        points={dots.map(({ variant, quality: up, price: cost, isOnFront }, index) => ({
          id: variant.id,
          x: cost,
          y: up,
          isOnFront,
          label: String(index + 1),
          tip: variant.name,
        }))}
        xText={(value) => figureText(value, price.unit)}
        yText={(value) => figureText(value, quality.unit)}
      />
      <ul className={styles['chart-legend']}>
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

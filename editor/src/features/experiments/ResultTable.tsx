import type { ComparisonTable, ExperimentVariant, MetricInfo, VariantComparison } from '@heddle/core';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';
import { chanceText, differenceText, figureText, intervalText, verdictText } from '../../ui/format/figure-text.js';
import styles from './experiments.module.css';

/** The metrics of each variant: the mean, the difference from the baseline, and the confidence interval. */
export function ResultTable({
  table,
  variants,
}: {
  readonly table: ComparisonTable;
  readonly variants: readonly ExperimentVariant[];
}): ReactElement {
  return (
    <Table
      name="Result"
      columns={[
        'Metric',
        'Variant',
        { number: 'Mean' },
        { number: 'Difference' },
        { number: '95 % interval' },
        { number: 'p, corrected' },
        'Verdict',
      ]}
    >
      {table.metrics.flatMap((metric) =>
        variants.map((variant, index) => (
          <ResultRow key={`${metric.name} ${variant.id}`} {...{ table, metric, variant }} isFirst={index === 0} />
        )),
      )}
    </Table>
  );
}

function ResultRow({
  table,
  metric,
  variant,
  isFirst,
}: {
  readonly table: ComparisonTable;
  readonly metric: MetricInfo;
  readonly variant: ExperimentVariant;
  readonly isFirst: boolean;
}): ReactElement {
  const isMine = (one: { readonly metric: string; readonly variant: string }): boolean =>
    one.metric === metric.name && one.variant === variant.id;
  const score = table.scores.find(isMine);
  const found = table.comparisons.find(isMine);
  const isWinner = table.winners.some(isMine);
  const { unit } = metric;
  return (
    <tr className={clsx(isFirst && styles['experiment-metric'])}>
      <th scope="row">{isFirst ? metric.title : <span className="visually-hidden">{metric.title}</span>}</th>
      <td dir="auto" className={styles['experiment-variant']} data-tip={variant.name}>
        {variant.name}
        {isWinner ? <span className="badge">Winner</span> : null}
      </td>
      <td className="number">
        {figureText(score?.mean, unit)}
        {score !== undefined && score.missing > 0 ? <span className="quiet"> · {score.missing} missing</span> : null}
      </td>
      <td className="number">{found === undefined ? '' : differenceText(found.difference, unit)}</td>
      <td className="number">{found?.interval === undefined ? '' : intervalText(found.interval, unit)}</td>
      <td className="number">{found === undefined ? '' : chanceText(found.correctedP)}</td>
      <td data-verdict={found?.verdict}>
        {found === undefined ? (isFirst ? 'Baseline' : '') : verdictOf(found, unit)}
      </td>
    </tr>
  );
}

/** The verdict on a difference. An undecided one says how many rows would decide it. */
function verdictOf({ verdict, power, rows }: VariantComparison, unit: MetricInfo['unit']): string {
  if (verdict !== 'undecided' || power.rowsNeeded === undefined || power.rowsNeeded <= rows)
    return verdictText[verdict];
  const points = differenceText(power.difference, unit).replace('+', '');
  return `${verdictText[verdict]}: about ${power.rowsNeeded} rows show ${points}`;
}

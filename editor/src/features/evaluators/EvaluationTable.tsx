import type { Evaluation, MetricInfo } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';

/** What evaluators say of one answer. A missing value is a dash with its reason, never 0. */
export function EvaluationTable({
  metrics,
  evaluations,
}: {
  readonly metrics: readonly MetricInfo[];
  readonly evaluations: readonly Evaluation[];
}): ReactElement {
  return (
    <Table name="Evaluations" columns={['Metric', { number: 'Value' }, 'Why']}>
      {evaluations.map((evaluation) => {
        const metric = metrics.find(({ name }) => name === evaluation.metric);
        return (
          <tr key={evaluation.metric}>
            <td data-tip={evaluation.metric}>{metric?.title ?? evaluation.metric}</td>
            <td className="number">{valueText(evaluation, metric)}</td>
            <td dir="auto">
              {evaluation.error === undefined ? null : <span className="failed-text">No value. </span>}
              {evaluation.explanation}
              {evaluation.cost > 0 ? <span className="quiet"> {evaluation.cost.toFixed(4)} USD</span> : null}
            </td>
          </tr>
        );
      })}
    </Table>
  );
}

/** A value in its unit. */
function valueText({ value }: Pick<Evaluation, 'value'>, metric: Pick<MetricInfo, 'unit'> | undefined): string {
  if (value === undefined) return '–';
  switch (metric?.unit) {
    case 'check':
      return value === 1 ? 'Passed' : value === 0 ? 'Failed' : value.toFixed(2);
    case 'ms':
      return `${Math.round(value).toLocaleString()} ms`;
    case 'tokens':
      return value.toLocaleString();
    case 'USD':
      return `${value.toFixed(4)} USD`;
    default:
      return value.toFixed(2);
  }
}

import type { ComparisonTable, ExperimentVariant } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';
import { differenceText, figureText } from '../../ui/format/figure-text.js';

/** The quality metrics for the rows of each tag. It names no winner, because with many tags some differ by chance. */
export function SliceTable({
  table,
  variants,
}: {
  readonly table: ComparisonTable;
  readonly variants: readonly ExperimentVariant[];
}): ReactElement | null {
  const metric = table.metrics.find(
    ({ unit, name }) => (unit === 'score' || unit === 'check') && !name.startsWith('run.'),
  );
  if (table.slices.length === 0 || metric === undefined) return null;
  return (
    <section className="section">
      <h2>By tag: {metric.title}</h2>
      <p className="quiet">Slices raise questions. They are not corrected for their number, so they prove nothing.</p>
      <Table name="By tag" columns={['Tag', { number: 'Rows' }, ...variants.map(({ name }) => ({ number: name }))]}>
        {table.slices.map(({ tag, rows, scores }) => (
          <tr key={tag}>
            <th scope="row" dir="auto">
              {tag}
            </th>
            <td className="number">{rows}</td>
            {variants.map(({ id }) => {
              const score = scores.find((one) => one.variant === id && one.metric === metric.name);
              return (
                <td key={id} className="number">
                  {figureText(score?.mean, metric.unit)}
                  {score?.difference === undefined ? null : (
                    <span className="quiet"> ({differenceText(score.difference, metric.unit)})</span>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </Table>
      {table.hiddenTags > 0 ? <p className="quiet">{table.hiddenTags} rarer tags are not shown.</p> : null}
    </section>
  );
}

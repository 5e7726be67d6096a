import type { MetricInfo } from '../evaluators/evaluator.js';
import type { ChangedRow } from './comparison.js';
import { createScoreTable, type ComparedScores } from './score-table.js';

/** From this mean of its repeats on, a row passes. */
const passes = (value: number): boolean => value >= 0.5;

/**
 * Whether a row passed with one variant and not with the other. Only scores and checks have sides: time and money have not.
 *
 * @example changedSide({ unit: 'check', better: 'higher' }, 1, 0) // 'worse'
 */
export function changedSide(
  { unit, better }: Pick<MetricInfo, 'unit' | 'better'>,
  baseline: number,
  variant: number,
): ChangedRow['now'] | undefined {
  if (unit !== 'score' && unit !== 'check') return undefined;
  if (Number.isNaN(baseline) || Number.isNaN(variant) || passes(baseline) === passes(variant)) return undefined;
  return passes(variant) === (better === 'higher') ? 'better' : 'worse';
}

/** The rows that passed with one of two variants and failed with the other, in the order of the rows. */
export function changedRows(
  compared: ComparedScores,
  { baseline, variant }: { readonly baseline: string; readonly variant: string },
): readonly ChangedRow[] {
  const table = createScoreTable({ ...compared, variants: [baseline, variant] });
  const columns = compared.metrics.map((metric) => ({
    metric,
    first: table.of(baseline, metric.name),
    second: table.of(variant, metric.name),
  }));
  return compared.rows.flatMap(({ id }, at) =>
    columns.flatMap(({ metric, first, second }): ChangedRow[] => {
      const one = first[at] ?? Number.NaN;
      const other = second[at] ?? Number.NaN;
      const now = changedSide(metric, one, other);
      return now === undefined ? [] : [{ row: id, metric: metric.name, baseline: one, variant: other, now }];
    }),
  );
}

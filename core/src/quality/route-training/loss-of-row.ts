import type { MetricInfo } from '../evaluators/evaluator.js';

/** The figures of one run of a variant, by metric. */
export type CellFigures = Readonly<Record<string, number>>;

const answered = 'run.answered';

const meanOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean of a metric over the repeats of a row. A run without an answer gets the worst value. */
function valueOf(runs: readonly CellFigures[], { name, better }: MetricInfo): number | undefined {
  const values = runs.flatMap((figures) => {
    if (figures[answered] === 0) return [better === 'higher' ? 0 : 1];
    return figures[name] ?? [];
  });
  return meanOf(values);
}

/**
 * Returns how much worse the cheap answer of a row is in a score or check, from -1 (better by the whole range) to 1 (worse by the whole
 * range). Undefined if a value is missing or neither variant answered.
 */
export function lossByMetric(
  cheap: readonly CellFigures[],
  strong: readonly CellFigures[],
  metric: MetricInfo,
): number | undefined {
  if (!hasAnswer(cheap) && !hasAnswer(strong)) return undefined;
  const low = valueOf(cheap, metric);
  const high = valueOf(strong, metric);
  if (low === undefined || high === undefined) return undefined;
  return Math.min(1, Math.max(-1, metric.better === 'higher' ? high - low : low - high));
}

/** Returns the loss for a verdict of judges: 1 if the cheap answer is better, 0.5 for a tie, 0 if it is worse. */
export const lossByVerdict = (verdict: number): number => 1 - 2 * verdict;

/** Whether at least one run of a row gave an answer. */
export const hasAnswer = (runs: readonly CellFigures[]): boolean => runs.some((figures) => figures[answered] === 1);

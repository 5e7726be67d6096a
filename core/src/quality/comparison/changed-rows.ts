import type { MetricInfo } from '../evaluators/evaluator.js';
import type { ChangedRow } from './comparison.js';

/** A row passes if the mean of its repeats is at least this. */
const passes = (value: number): boolean => value >= 0.5;

/**
 * Compares a row of two variants: returns whether it passed with one and failed with the other. Only scores and checks can pass; time and
 * money cannot.
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

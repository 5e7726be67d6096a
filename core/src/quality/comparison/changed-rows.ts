import type { MetricInfo } from '../evaluators/evaluator.js';
import type { ChangedRow } from './comparison.js';

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

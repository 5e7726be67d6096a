import type { MetricInfo } from '../evaluators/evaluator.js';
import { rowsForPairedDifference } from '../statistics/power.js';

/**
 * How many times more callers an always-valid test needs than a test of two means that is read only once. Rounded up from simulations in
 * which 80 % of tests found the difference.
 */
const costOfLooking: Readonly<Record<MetricInfo['unit'], number>> = { check: 3.5, score: 6, ms: 2, USD: 2, tokens: 2 };

interface ExpectedGap {
  readonly unit: MetricInfo['unit'];
  readonly difference: number;
  readonly deviation: number;
}

/**
 * Returns about how many callers each arm needs so that four of five tests find the difference; undefined if there is no difference to
 * find.
 *
 * @example callersForDifference({ unit: 'check', difference: 0.1, deviation: 0.5 }, 0.95) // about 1,400
 */
export function callersForDifference({ unit, difference, deviation }: ExpectedGap, level: number): number | undefined {
  const rows = rowsForPairedDifference({ difference, deviation: deviation * Math.SQRT2 }, { alpha: 1 - level });
  return rows === undefined ? undefined : Math.ceil(costOfLooking[unit] * rows);
}

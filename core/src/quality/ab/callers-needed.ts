import type { MetricInfo } from '../evaluators/evaluator.js';
import { rowsForPairedDifference } from '../statistics/power.js';

/**
 * What looking early costs: callers of an always-valid test, as a multiple of those of a test of two means that is read once. Rounded up from
 * simulations in which 80 % of tests had found the difference.
 */
const costOfLooking: Readonly<Record<MetricInfo['unit'], number>> = { check: 3.5, score: 6, ms: 2, USD: 2, tokens: 2 };

/** The difference that a test should find. */
interface ExpectedGap {
  readonly unit: MetricInfo['unit'];
  readonly difference: number;
  /** The standard deviation of the values of an arm. */
  readonly deviation: number;
}

/**
 * About how many callers each arm needs to show a difference in four of five tests. Undefined where there is nothing to see.
 *
 * @example callersForDifference({ unit: 'check', difference: 0.1, deviation: 0.5 }, 0.95) // about 1,400
 */
export function callersForDifference({ unit, difference, deviation }: ExpectedGap, level: number): number | undefined {
  const rows = rowsForPairedDifference({ difference, deviation: deviation * Math.SQRT2 }, { alpha: 1 - level });
  return rows === undefined ? undefined : Math.ceil(costOfLooking[unit] * rows);
}

import { binomialCdf } from './distributions.js';
import { checkCounts, checkFinite } from './interval.js';

/** Rows that a pair of variants judged differently, and the chance of such a split between equal variants. */
interface SignTest {
  /** Rows that only the first variant passed, or that it scored higher. */
  readonly first: number;
  /** Rows that only the second variant passed, or that it scored higher. */
  readonly second: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * The exact McNemar test (McNemar, 1947) for two variants that pass or fail the same rows, as
 * `statsmodels.stats.contingency_tables.mcnemar(exact=True)`. It needs only the rows where they differ.
 *
 * @example mcnemarTest({ onlyFirst: 1, onlySecond: 9 }).p // 0.0215
 */
export function mcnemarTest({
  onlyFirst,
  onlySecond,
}: {
  readonly onlyFirst: number;
  readonly onlySecond: number;
}): SignTest {
  checkCounts({ onlyFirst, onlySecond });
  const p = Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond, 0.5));
  return { first: onlyFirst, second: onlySecond, p };
}

/** The sign test of paired differences (second minus first), as `statsmodels.stats.descriptivestats.sign_test`. Equal scores do not count. */
export function signTest(differences: readonly number[]): SignTest {
  checkFinite('Difference', differences);
  const onlyFirst = differences.filter((difference) => difference < 0).length;
  const onlySecond = differences.filter((difference) => difference > 0).length;
  return mcnemarTest({ onlyFirst, onlySecond });
}

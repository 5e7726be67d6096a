import { binomialCdf } from './distributions.js';
import { checkCounts, checkFinite } from './interval.js';

/** The rows on which two variants differ, and the probability of such a split between equal variants. */
interface SignTest {
  /** Number of rows that only the first variant passed or that it scored higher. */
  readonly first: number;
  /** Number of rows that only the second variant passed or that it scored higher. */
  readonly second: number;
  /** Two-sided p-value. */
  readonly p: number;
}

/**
 * The exact McNemar test (McNemar, 1947) for two variants that pass or fail the same rows, like
 * `statsmodels.stats.contingency_tables.mcnemar(exact=True)`. It only needs the rows on which they differ.
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

/** The sign test of paired differences (second minus first), like `statsmodels.stats.descriptivestats.sign_test`. Ties do not count. */
export function signTest(differences: readonly number[]): SignTest {
  checkFinite('Difference', differences);
  const onlyFirst = differences.filter((difference) => difference < 0).length;
  const onlySecond = differences.filter((difference) => difference > 0).length;
  return mcnemarTest({ onlyFirst, onlySecond });
}

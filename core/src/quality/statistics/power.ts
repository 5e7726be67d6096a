import { binomialCdf, noncentralStudentCdf, normalQuantile, studentQuantile } from './distributions.js';
import { checkShare } from './interval.js';
import { logGamma } from './special-functions.js';

/** The difference between two variants that a paired comparison should detect. */
interface ExpectedDifference {
  /** Mean of second minus first. */
  readonly difference: number;
  /** Standard deviation of the row differences. */
  readonly deviation: number;
}

/** The shares of rows on which two variants are expected to differ. */
interface ExpectedSplit {
  /** The share of rows that only the first variant passes. */
  readonly onlyFirst: number;
  /** The share of rows that only the second variant passes. */
  readonly onlySecond: number;
}

/** The desired power (default 0.8) and significance level (default 0.05). */
interface WantedCertainty {
  readonly power?: number;
  /** The accepted probability of finding a difference that does not exist, two-sided. */
  readonly alpha?: number;
}

/** More rows than any dataset has: a difference that needs more counts as undetectable. */
const mostRows = 1_000_000_000;

/**
 * Returns the probability that a paired t-test with this many rows finds the difference, like `statsmodels.stats.power.ttest_power`. It is
 * also a good guide for the bootstrap interval.
 */
export function powerOfPairedDifference(
  rows: number,
  { difference, deviation }: ExpectedDifference,
  alpha = 0.05,
): number {
  checkShare('Alpha', alpha);
  if (!(deviation > 0)) throw new RangeError(`The deviation is ${deviation}: it must be more than 0`);
  if (rows < 2) return 0;
  const freedom = rows - 1;
  const critical = studentQuantile(1 - alpha / 2, freedom);
  const noncentrality = (difference / deviation) * Math.sqrt(rows);
  return (
    1 - noncentralStudentCdf(critical, freedom, noncentrality) + noncentralStudentCdf(-critical, freedom, noncentrality)
  );
}

/**
 * Returns the minimum number of rows that show a mean difference, like `statsmodels.stats.power.TTestPower().solve_power`, rounded up.
 * Undefined if the difference cannot be detected.
 *
 * @example rowsForPairedDifference({ difference: 0.05, deviation: 0.2 }) // 128
 */
export function rowsForPairedDifference(
  expected: ExpectedDifference,
  { power = 0.8, alpha = 0.05 }: WantedCertainty = {},
): number | undefined {
  checkShare('The power', power);
  return fewestRows(2, (rows) => powerOfPairedDifference(rows, expected, alpha) >= power);
}

/**
 * Returns the probability that an exact McNemar test with this many rows finds the split, summed over all possible numbers of differing
 * rows.
 */
export function powerOfMcNemar(rows: number, { onlyFirst, onlySecond }: ExpectedSplit, alpha = 0.05): number {
  checkShare('Alpha', alpha);
  const differing = onlyFirst + onlySecond;
  if (!(onlyFirst >= 0 && onlySecond >= 0 && differing <= 1))
    throw new RangeError(`The shares ${onlyFirst} and ${onlySecond} are not shares of all rows`);
  if (rows < 1 || differing === 0) return 0;
  const share = onlyFirst / differing;
  const reach = 9 * Math.sqrt(rows * differing * (1 - differing)) + 10;
  const last = Math.min(rows, Math.ceil(rows * differing + reach));
  let critical = -1;
  let power = 0;
  for (let count = Math.max(0, Math.floor(rows * differing - reach)); count <= last; count += 1) {
    critical = criticalCount(count, critical, alpha);
    if (critical < 0) continue;
    const seen = binomialCdf(critical, count, share) + binomialCdf(critical, count, 1 - share);
    power += binomialMass(count, rows, differing) * Math.min(1, seen);
  }
  return power;
}

/**
 * Of `count` differing rows, the largest smaller side that the exact test still calls a difference, or -1. One more row changes it by at
 * most one.
 */
function criticalCount(count: number, before: number, alpha: number): number {
  const isSeen = (smaller: number): boolean => 2 * binomialCdf(smaller, count, 0.5) <= alpha;
  let critical = before < 0 ? startOfCritical(count, alpha) : before;
  while (critical >= 0 && !isSeen(critical)) critical -= 1;
  while (critical + 1 < count / 2 && isSeen(critical + 1)) critical += 1;
  return critical;
}

const startOfCritical = (count: number, alpha: number): number =>
  Math.max(0, Math.floor(count / 2 + (normalQuantile(alpha / 2) * Math.sqrt(count)) / 2));

function binomialMass(count: number, rows: number, share: number): number {
  if (share === 1) return count === rows ? 1 : 0;
  const choices = logGamma(rows + 1) - logGamma(count + 1) - logGamma(rows - count + 1);
  return Math.exp(choices + count * Math.log(share) + (rows - count) * Math.log1p(-share));
}

/**
 * Returns approximately the minimum number of rows with which an exact McNemar test shows a split. It starts from Connor's approximation
 * (1987) and refines it by the exact power, which fluctuates slightly between adjacent numbers of rows. Undefined if both shares are equal.
 *
 * @example rowsForMcNemar({ onlyFirst: 0.05, onlySecond: 0.15 }) // 155
 */
export function rowsForMcNemar(
  split: ExpectedSplit,
  { power = 0.8, alpha = 0.05 }: WantedCertainty = {},
): number | undefined {
  checkShare('The power', power);
  const start = connorRows(split, power, alpha);
  if (!(start <= mostRows / 100)) return undefined;
  return fewestRows(Math.max(1, Math.floor(start / 2)), (rows) => powerOfMcNemar(rows, split, alpha) >= power);
}

/** Connor's approximate number of rows (Biometrics 43, 1987). Infinite if both shares are equal. */
function connorRows({ onlyFirst, onlySecond }: ExpectedSplit, power: number, alpha: number): number {
  const differing = onlyFirst + onlySecond;
  const difference = onlyFirst - onlySecond;
  const root =
    -normalQuantile(alpha / 2) * Math.sqrt(differing) + normalQuantile(power) * Math.sqrt(differing - difference ** 2);
  return (root / difference) ** 2;
}

/** Finds the minimum sufficient number of rows, starting at `least`, by doubling and bisection. */
function fewestRows(least: number, areEnough: (rows: number) => boolean): number | undefined {
  let high = least;
  while (!areEnough(high)) {
    high *= 2;
    if (high > mostRows) return undefined;
  }
  let low = high === least ? least - 1 : high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (areEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

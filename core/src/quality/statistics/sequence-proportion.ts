import { checkCounts, checkShare, type Interval } from './interval.js';
import type { ArmCounts } from './sequence-proportions.js';
import { logBeta } from './special-functions.js';
import { confidenceLimit } from './confidence-limit.js';

/**
 * Returns the always-valid interval of one proportion: all proportions that the counts do not exclude. The evidence against a proportion is
 * the likelihood ratio of a uniform mixture (the mixture SPRT of Robbins, 1970; the beta-binomial mixture of Howard, Ramdas, McAuliffe and
 * Sekhon, 2021). It may be read after each row.
 *
 * @example proportionInterval({ successes: 4, rows: 4 }).low // about 0.3
 */
export function proportionInterval({ successes, rows }: ArmCounts, level = 0.95): Interval {
  checkShare('The level', level);
  checkCounts({ successes, rows });
  if (successes > rows) throw new RangeError(`There are ${successes} successes in ${rows} rows`);
  if (rows === 0) return { low: 0, high: 1 };
  const failures = rows - successes;
  const mixed = logBeta(successes + 1, failures + 1);
  const isExcluded = (share: number): boolean =>
    mixed - term(successes, share) - term(failures, 1 - share) >= -Math.log(1 - level);
  const estimate = successes / rows;
  return { low: confidenceLimit(estimate, 0, isExcluded), high: confidenceLimit(estimate, 1, isExcluded) };
}

const term = (count: number, share: number): number => (count === 0 ? 0 : count * Math.log(Math.max(share, 1e-300)));

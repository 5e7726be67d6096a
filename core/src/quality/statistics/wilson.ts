import { normalQuantile } from './distributions.js';
import { checkCounts, type Interval } from './interval.js';

/**
 * Returns the 95 % Wilson interval of a proportion (Wilson, 1927), like `statsmodels.stats.proportion.proportion_confint(method='wilson')`.
 * It stays between 0 and 1 even if all rows passed. Without rows it is the whole range.
 *
 * @example wilsonInterval(9, 10) // { low: 0.596, high: 0.982 }
 */
export function wilsonInterval(successes: number, rows: number): Interval {
  checkCounts({ successes, rows });
  if (successes > rows) throw new RangeError(`There are ${successes} successes in ${rows} rows`);
  if (rows === 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + 0.95) / 2);
  const share = successes / rows;
  const weight = 1 + (z * z) / rows;
  const centre = (share + (z * z) / (2 * rows)) / weight;
  const reach = (z / weight) * Math.sqrt((share * (1 - share)) / rows + (z * z) / (4 * rows * rows));
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}

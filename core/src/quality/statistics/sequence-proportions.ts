import { checkCounts, checkShare, type Interval } from './interval.js';
import { logBeta } from './special-functions.js';
import { confidenceLimit } from './confidence-limit.js';

/** Number of requests to one arm of an A/B test, and how many succeeded. */
export interface ArmCounts {
  readonly successes: number;
  readonly rows: number;
}

/** Two arms of an A/B test. */
export interface Arms {
  readonly first: ArmCounts;
  readonly second: ArmCounts;
}

/**
 * Returns the logarithm of the evidence against a difference of the true proportions (second minus first). Each arm contributes the
 * likelihood ratio of a uniform mixture against a proportion (the mixture SPRT of Robbins, 1970; the beta-binomial mixture of Howard and
 * others, 2021). The difference is represented by the pair of proportions that explains the counts best (a projection as in Turner and
 * Grünwald, 2023). If the difference is true, the probability that the result ever exceeds log(1 / alpha) is at most alpha, for any number
 * of rows and however the next arm is chosen.
 */
export function evidenceAgainst(arms: Arms, difference: number): number {
  const { first, second } = arms;
  const failed = (arm: ArmCounts): number => arm.rows - arm.successes;
  const mixed = (arm: ArmCounts): number => logBeta(arm.successes + 1, failed(arm) + 1);
  let low = Math.max(0, -difference);
  let high = Math.min(1, 1 - difference);
  for (let round = 0; round < 60; round += 1) {
    const p = (low + high) / 2;
    const slope =
      first.successes / p -
      failed(first) / (1 - p) +
      second.successes / (p + difference) -
      failed(second) / (1 - p - difference);
    if (slope > 0) low = p;
    else high = p;
  }
  const p = (low + high) / 2;
  return mixed(first) + mixed(second) - logLikelihood(first, p) - logLikelihood(second, p + difference);
}

function logLikelihood({ successes, rows }: ArmCounts, p: number): number {
  const term = (count: number, share: number): number => (count === 0 ? 0 : count * Math.log(Math.max(share, 1e-300)));
  return term(successes, p) + term(rows - successes, 1 - p);
}

/**
 * Returns the always-valid interval of a difference of proportions (second minus first): all differences that the evidence does not
 * exclude. It may be read after each request; see `evidenceAgainst`.
 *
 * @example proportionsInterval({ first: { successes: 40, rows: 100 }, second: { successes: 80, rows: 100 } }).low // above 0
 */
export function proportionsInterval(arms: Arms, level = 0.95): Interval {
  checkShare('The level', level);
  for (const name of ['first', 'second'] as const) {
    const { successes, rows } = arms[name];
    checkCounts({ [`${name}.successes`]: successes, [`${name}.rows`]: rows });
    if (successes > rows) throw new RangeError(`The ${name} arm has ${successes} successes in ${rows} rows`);
  }
  const shareOf = ({ successes, rows }: ArmCounts): number => (rows === 0 ? 0.5 : successes / rows);
  const estimate = shareOf(arms.second) - shareOf(arms.first);
  const isExcluded = (difference: number): boolean => evidenceAgainst(arms, difference) >= -Math.log(1 - level);
  return { low: confidenceLimit(estimate, -1, isExcluded), high: confidenceLimit(estimate, 1, isExcluded) };
}

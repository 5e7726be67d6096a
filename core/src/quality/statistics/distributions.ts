import { incompleteBeta, logGamma } from './special-functions.js';

const upper = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
];
const lower = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

/** The standard normal distribution function, like `scipy.stats.norm.cdf` (Hart, 1968, in the form of West, 2005). */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z > 37) return x > 0 ? 1 : 0;
  const exponential = Math.exp((-z * z) / 2);
  const tail =
    z < 7.07106781186547
      ? (exponential * polynomial(upper, z)) / polynomial(lower, z)
      : exponential / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / 2.506628274631;
  return x > 0 ? 1 - tail : tail;
}

/**
 * The inverse of the standard normal distribution function, like `scipy.stats.norm.ppf`: Acklam's approximation (2003), refined by Halley's
 * method.
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  let x = startOfQuantile(p);
  for (let round = 0; round < 2; round += 1) {
    const error = (normalCdf(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}

function startOfQuantile(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      polynomial(
        [
          -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
          2.938163982698783,
        ],
        q,
      ) / polynomial([7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1], q)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    (q *
      polynomial(
        [
          -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
          2.506628277459239,
        ],
        r,
      )) /
    polynomial([-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1], r)
  );
}

/** The distribution function of Student's t, like `scipy.stats.t.cdf`. */
function studentCdf(t: number, freedom: number): number {
  const tail = 0.5 * incompleteBeta(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t > 0 ? 1 - tail : tail;
}

/** The inverse of the distribution function of Student's t, like `scipy.stats.t.ppf`, by bisection. */
export function studentQuantile(p: number, freedom: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  let low = 0;
  let high = 1;
  while (studentCdf(high, freedom) < p && high < 1e12) high *= 2;
  for (let round = 0; round < 100; round += 1) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The distribution function of the noncentral t, like `scipy.stats.nct.cdf`: the normal distribution function averaged over the
 * distribution of the standard deviation, by Simpson's rule.
 */
export function noncentralStudentCdf(t: number, freedom: number, noncentrality: number): number {
  if (freedom > 100_000) return normalCdf(t - noncentrality);
  const width = 12 / Math.sqrt(2 * freedom);
  const low = Math.max(0, 1 - width);
  const high = 1 + width * (freedom < 10 ? 2 : 1);
  const steps = 2000;
  const logFactor = Math.log(2) + (freedom / 2) * Math.log(freedom / 2) - logGamma(freedom / 2);
  let sum = 0;
  for (let at = 0; at <= steps; at += 1) {
    const s = low + ((high - low) * at) / steps;
    const power = freedom === 1 ? 0 : (freedom - 1) * Math.log(s);
    const density = Math.exp(logFactor + power - (freedom * s * s) / 2);
    const weight = at === 0 || at === steps ? 1 : at % 2 === 1 ? 4 : 2;
    sum += weight * density * normalCdf(t * s - noncentrality);
  }
  return (sum * (high - low)) / steps / 3;
}

/** The binomial distribution function, like `scipy.stats.binom.cdf`. */
export function binomialCdf(successes: number, trials: number, probability: number): number {
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return incompleteBeta(trials - successes, successes + 1, 1 - probability);
}

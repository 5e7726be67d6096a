import { checkFinite } from '../statistics/interval.js';

interface KsTest {
  /** The largest difference between the two distribution functions, from 0 to 1. */
  readonly distance: number;
  readonly p: number;
}

/**
 * Tests whether two samples of numbers come from one distribution. The p-value is exact, also with ties (Schröer and Trenkler, 1995), like
 * `scipy.stats.ks_2samp(method='exact')` and R's `psmirnov`. Use it for up to a few thousand numbers: the work grows with the product of
 * the sizes.
 *
 * @example ksTest([1, 2, 3], [4, 5, 6]) // { distance: 1, p: 0.1 }
 */
export function ksTest(first: readonly number[], second: readonly number[]): KsTest {
  checkFinite('value', first);
  checkFinite('value', second);
  const m = first.length;
  const n = second.length;
  if (m === 0 || n === 0) throw new RangeError('Both samples need at least one number.');
  const pooled = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].sort((a, b) => a.value - b.value);
  // The functions can only be compared after the last of several equal values.
  const isEnd = pooled.map(({ value }, at) => pooled[at + 1]?.value !== value);
  let seenFirst = 0;
  let seenSecond = 0;
  let steps = 0;
  for (const [at, { isFirst }] of pooled.entries()) {
    if (isFirst) seenFirst += 1;
    else seenSecond += 1;
    if (isEnd[at] === true) steps = Math.max(steps, Math.abs(seenFirst * n - seenSecond * m));
  }
  return { distance: steps / (m * n), p: steps === 0 ? 1 : exceeds(steps, m, n, isEnd) };
}

/**
 * The share of all orders of the pooled values in which the difference reaches `steps` / (m · n). Each cell holds the share of the paths to
 * it on which the difference has reached that limit. Adding up this share directly, instead of 1 minus the rest, keeps small p-values
 * exact.
 */
function exceeds(steps: number, m: number, n: number, isEnd: readonly boolean[]): number {
  const reaches = (i: number, j: number): boolean =>
    i + j > 0 && isEnd[i + j - 1] === true && Math.abs(i * n - j * m) >= steps;
  let row = new Float64Array(n + 1);
  for (let j = 1; j <= n; j += 1) row[j] = reaches(0, j) ? 1 : (row[j - 1] ?? 0);
  for (let i = 1; i <= m; i += 1) {
    const next = new Float64Array(n + 1);
    for (let j = 0; j <= n; j += 1) {
      if (reaches(i, j)) next[j] = 1;
      else next[j] = (i * (row[j] ?? 0) + (j === 0 ? 0 : j * (next[j - 1] ?? 0))) / (i + j);
    }
    row = next;
  }
  return Math.min(1, row[n] ?? 1);
}

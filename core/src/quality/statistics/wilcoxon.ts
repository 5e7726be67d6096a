import { normalCdf } from './distributions.js';
import { checkFinite } from './interval.js';

/** The result of a Wilcoxon signed-rank test. */
interface WilcoxonTest {
  /** Differences other than zero. */
  readonly rows: number;
  /** The smaller sum of ranks. */
  readonly statistic: number;
  /** Two-sided. */
  readonly p: number;
}

const mostExact = 50;

/**
 * The Wilcoxon signed-rank test of paired differences (Wilcoxon, 1945), as `scipy.stats.wilcoxon(zero_method='wilcox')`. Zeros are left out,
 * equal sizes share their mean rank. Up to 50 differences the p-value is exact, with ties too; above, it is the normal approximation with the
 * correction for ties.
 */
export function wilcoxonTest(differences: readonly number[]): WilcoxonTest {
  checkFinite('Difference', differences);
  const sorted = differences.filter((difference) => difference !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const rows = sorted.length;
  if (rows === 0) return { rows, statistic: 0, p: 1 };
  const { doubleRanks, ties } = rankSizes(sorted);
  const positive = sorted.reduce((sum, difference, at) => sum + (difference > 0 ? (doubleRanks[at] ?? 0) : 0), 0);
  const smaller = Math.min(positive, rows * (rows + 1) - positive);
  const statistic = smaller / 2;
  const p = rows <= mostExact ? exactP(doubleRanks, smaller) : approximateP(rows, statistic, ties);
  return { rows, statistic, p };
}

/** Twice the rank of each size, so that a shared rank is whole too, and the sum of t³ - t over groups of equal sizes. */
function rankSizes(sorted: readonly number[]): { readonly doubleRanks: readonly number[]; readonly ties: number } {
  const doubleRanks: number[] = [];
  let ties = 0;
  while (doubleRanks.length < sorted.length) {
    const start = doubleRanks.length;
    const size = Math.abs(sorted[start] ?? 0);
    let end = start + 1;
    while (end < sorted.length && Math.abs(sorted[end] ?? 0) === size) end += 1;
    for (let at = start; at < end; at += 1) doubleRanks.push(start + 1 + end);
    ties += (end - start) ** 3 - (end - start);
  }
  return { doubleRanks, ties };
}

/** Counts the sums of ranks over all ways to give the differences signs. */
function exactP(doubleRanks: readonly number[], smaller: number): number {
  const shares = new Float64Array(doubleRanks.reduce((sum, rank) => sum + rank, 1));
  shares[0] = 1;
  let most = 0;
  for (const rank of doubleRanks) {
    most += rank;
    for (let sum = most; sum >= 0; sum -= 1)
      shares[sum] = ((shares[sum] ?? 0) + (sum >= rank ? (shares[sum - rank] ?? 0) : 0)) / 2;
  }
  let tail = 0;
  for (let sum = 0; sum <= smaller; sum += 1) tail += shares[sum] ?? 0;
  return Math.min(1, 2 * tail);
}

function approximateP(rows: number, statistic: number, ties: number): number {
  const mean = (rows * (rows + 1)) / 4;
  const variance = (rows * (rows + 1) * (2 * rows + 1)) / 24 - ties / 48;
  return Math.min(1, 2 * normalCdf((statistic - mean) / Math.sqrt(variance)));
}

import { normalCdf } from './distributions.js';
import { checkFinite } from './interval.js';

interface WilcoxonTest {
  /** Number of differences that are not zero. */
  readonly rows: number;
  /** The smaller rank sum. */
  readonly statistic: number;
  /** Two-sided p-value. */
  readonly p: number;
}

const mostExact = 50;

/**
 * The Wilcoxon signed-rank test of paired differences (Wilcoxon, 1945), like `scipy.stats.wilcoxon(zero_method='wilcox')`. Zeros are left
 * out; ties share their mean rank. For up to 50 differences the p-value is exact, also with ties; for more, it is the normal approximation
 * corrected for ties.
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

/** Doubled ranks, which stay integers when ties share a rank, and the sum of t³ - t over groups of ties. */
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

/** Counts the rank sums over all possible signs of the differences. */
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

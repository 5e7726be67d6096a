/**
 * Applies Holm's correction for multiple comparisons (Holm, 1979). Returns adjusted p-values in the given order, like
 * `statsmodels.stats.multitest.multipletests(method='holm')`. It limits the probability of any false finding.
 *
 * @example holm([0.01, 0.04]) // [0.02, 0.04]
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = ascending(pValues);
  const adjusted = pValues.map(() => 1);
  let highest = 0;
  for (const [rank, at] of order.entries()) {
    highest = Math.max(highest, (order.length - rank) * (pValues[at] ?? 1));
    adjusted[at] = Math.min(1, highest);
  }
  return adjusted;
}

function ascending(pValues: readonly number[]): readonly number[] {
  for (const [at, p] of pValues.entries())
    if (!(p >= 0 && p <= 1)) throw new RangeError(`p-value ${at} is ${p}: it must be from 0 to 1`);
  return [...pValues.keys()].sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));
}

/** Options of `monteCarloTest`. */
export interface MonteCarloOptions {
  /** The test stops after this many draws that are at least as extreme as the observed value. Default 10. */
  readonly enough?: number;
}

/** Maximum number of draws; the smallest possible p-value is 1 / (draws + 1). */
const draws = 9_999;
const slice = 200;

/**
 * Computes a p-value from random draws of a statistic under the hypothesis that there is no difference. It stops early (Besag and Clifford,
 * 1991); the p-value is valid however many draws were made. It yields regularly, so that the caller can let other work run.
 */
export function* monteCarloTest(
  observed: number,
  draw: () => number,
  { enough = 10 }: MonteCarloOptions = {},
): Generator<void, number, void> {
  // Adding the same numbers in another order changes the last digits.
  const limit = observed - 1e-9 * Math.max(1, Math.abs(observed));
  let extreme = 0;
  for (let made = 1; made <= draws; made += 1) {
    if (draw() >= limit) extreme += 1;
    if (extreme >= enough) return extreme / made;
    if (made % slice === 0) yield;
  }
  return (extreme + 1) / (draws + 1);
}

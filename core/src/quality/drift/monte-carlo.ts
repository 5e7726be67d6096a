/** How many draws a test makes. */
export interface MonteCarloOptions {
  /** With so many draws that are as extreme as what was seen, the p-value is known well enough. */
  readonly enough?: number;
}

/** The most draws: the smallest p-value is 1 / (draws + 1). */
const draws = 9_999;
/** Draws between two yields. */
const slice = 200;

/**
 * The p-value of a statistic by draws from its distribution without a difference, stopped early (Besag and Clifford, 1991). It is valid at each
 * size. It yields between slices of the work, so that a caller can let other work run.
 */
export function* monteCarloTest(
  observed: number,
  draw: () => number,
  { enough = 10 }: MonteCarloOptions = {},
): Generator<void, number, void> {
  // Sums of the same numbers in another order differ in their last digits.
  const limit = observed - 1e-9 * Math.max(1, Math.abs(observed));
  let extreme = 0;
  for (let made = 1; made <= draws; made += 1) {
    if (draw() >= limit) extreme += 1;
    if (extreme >= enough) return extreme / made;
    if (made % slice === 0) yield;
  }
  return (extreme + 1) / (draws + 1);
}

/**
 * Returns the value that is farthest from an estimate, towards an end, and that the evidence does not exclude. It uses bisection, because
 * the evidence increases towards both ends.
 *
 * @example confidenceLimit(0.5, 1, (share) => share > 0.9) // about 0.9
 */
export function confidenceLimit(estimate: number, end: number, isExcluded: (value: number) => boolean): number {
  if (!isExcluded(end)) return end;
  let kept = estimate;
  let excluded = end;
  for (let round = 0; round < 40; round += 1) {
    const middle = (kept + excluded) / 2;
    if (isExcluded(middle)) excluded = middle;
    else kept = middle;
  }
  return kept;
}

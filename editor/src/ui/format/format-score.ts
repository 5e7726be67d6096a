/** A score with enough digits to tell close ones apart: `0.82`, `0.0323`. */
export function formatScore(score: number): string {
  return Math.abs(score) >= 0.1 || score === 0 ? score.toFixed(2) : score.toPrecision(3);
}

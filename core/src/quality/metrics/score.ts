/** An evaluator's score of one answer. */
export interface Score {
  /** From 0 to 1, where 1 is best. */
  readonly score: number;
  readonly explanation: string;
}

/** Returns the score of a check with the matching explanation. */
export const passOrFail = (isPassed: boolean, passed: string, failed: string): Score => ({
  score: isPassed ? 1 : 0,
  explanation: isPassed ? passed : failed,
});

/** Shortens a text for use in an explanation. */
export function shorten(text: string): string {
  const points = Array.from(text.slice(0, 200)).slice(0, 80);
  return points.join('').length < text.length ? `${points.join('')}…` : text;
}

/** About what fits in one second. Longer texts are refused, because they would block everything else. */
const mostComparisons = 100_000_000;

/** Throws if comparing every item of one text with every item of another would take too long. */
export function checkComparisons(first: number, second: number): void {
  if (first * second > mostComparisons)
    throw new RangeError(
      `Texts of ${first} and ${second} parts are too long for this metric: compare shorter texts, or use another metric`,
    );
}

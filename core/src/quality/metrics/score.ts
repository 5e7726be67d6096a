/** What an evaluator says of one answer. */
export interface Score {
  /** From 0 to 1, where 1 is best. */
  readonly score: number;
  /** Why, in one sentence for people. */
  readonly explanation: string;
}

/** The score of a check that an answer passes or fails. */
export const passOrFail = (isPassed: boolean, passed: string, failed: string): Score => ({
  score: isPassed ? 1 : 0,
  explanation: isPassed ? passed : failed,
});

/** A text for an explanation, shortened. */
export function shorten(text: string): string {
  const points = Array.from(text.slice(0, 200)).slice(0, 80);
  return points.join('').length < text.length ? `${points.join('')}…` : text;
}

/** More comparisons than a second holds: longer texts are refused, because they would hold up all others. */
const mostComparisons = 100_000_000;

/** Throws where comparing each item of one text with each of another takes too long. */
export function checkComparisons(first: number, second: number): void {
  if (first * second > mostComparisons)
    throw new RangeError(
      `Texts of ${first} and ${second} parts are too long for this metric: compare shorter texts, or use another metric`,
    );
}

/** An interval of an estimate; both ends are included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Throws if a probability, such as a confidence level or a desired power, is not between 0 and 1. */
export function checkShare(name: string, share: number): void {
  if (!(share > 0 && share < 1)) throw new RangeError(`${name} is ${share}: it must be between 0 and 1, such as 0.95`);
}

/** Throws if a number is NaN or infinite, because an invalid score must not turn into an interval. */
export function checkFinite(name: string, values: Iterable<number>): void {
  let at = 0;
  for (const value of values) {
    if (!Number.isFinite(value))
      throw new RangeError(`${name} ${at} is ${value}: leave rows without a score out first`);
    at += 1;
  }
}

/** Throws if a count is not a non-negative integer. */
export function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts))
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`${name} is ${count}: a count is a whole number from 0`);
}

/** Milliseconds that a reply's headers ask to wait; undefined where they do not say so in a form that can be read. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const precise = number(headers.get('retry-after-ms'));
  if (precise !== undefined) return precise;
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  // A date of HTTP has names of days and months; JavaScript reads much more than that as a date.
  const date = /^[A-Z][a-z]{2},? .*\d$|GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function number(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

const firstMs = 500;
const mostMs = 30_000;

/**
 * Milliseconds before the next try: it doubles, and a random half to whole of it is used, so that callers do not come
 * back together.
 */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.min(mostMs, firstMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}

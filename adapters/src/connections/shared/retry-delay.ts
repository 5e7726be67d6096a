/** The milliseconds that a reply's headers ask to wait; undefined if there is no such header, or it cannot be read. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const precise = number(headers.get('retry-after-ms'));
  if (precise !== undefined) return precise;
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  // An HTTP date has names of days and months; `Date.parse` accepts much more than that.
  const date = /^[A-Z][a-z]{2},? .*\d$|GMT$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function number(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

const firstMs = 500;
const mostMs = 30_000;

/**
 * Milliseconds before the next attempt. The base doubles each time, and a random part between half and all of it is used, so that callers
 * do not return at the same time.
 */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.min(mostMs, firstMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}

const seconds = 1_000;
/** The waits before the retries, about a day and a half in all. After the last one the delivery is dead. */
const retryWaits: readonly number[] = [5, 30, 120, 600, 3_600, 10_800, 28_800, 86_400].map((s) => s * seconds);
/** The longest wait that a receiver can request. */
const mostAskedMs = 86_400 * seconds;
/** Status codes of an overloaded receiver (RFC 9110 10.2.3, RFC 6585 4). */
const askingToWait: ReadonlySet<number> = new Set([429, 503]);

/** The milliseconds that a receiver asks to wait, at most a day; undefined if it does not ask. */
export function requestedWait(status: number, retryAfter: string | undefined, now: number): number | undefined {
  if (!askingToWait.has(status) || retryAfter === undefined) return undefined;
  const text = retryAfter.trim();
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * seconds, mostAskedMs);
  const date = / GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), mostAskedMs);
}

/** The milliseconds until the next attempt, never less than the receiver asked for; undefined after the last attempt. */
export function waitAfter(tries: number, asked: number | undefined): number | undefined {
  const usual = retryWaits[tries];
  return usual === undefined ? undefined : Math.max(usual, asked ?? 0);
}

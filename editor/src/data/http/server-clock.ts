/** Smaller differences are ignored, as the server's `Date` header counts whole seconds. */
const leastSkewMs = 2000;
let skewMs = 0;

/** Reads the server's clock from a reply's `Date` header. */
export function noteServerDate(header: string | null, now = Date.now()): void {
  const time = header === null ? NaN : Date.parse(header);
  if (Number.isNaN(time)) return;
  const skew = time + 500 - now;
  skewMs = Math.abs(skew) < leastSkewMs ? 0 : skew;
}

/** The time by the server's clock, which stamps events. */
export function serverNow(now = Date.now()): number {
  return now + skewMs;
}

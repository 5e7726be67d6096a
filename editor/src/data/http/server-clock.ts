/** Smaller differences are ignored, because the server's `Date` header has a resolution of one second. */
const leastSkewMs = 2000;
let skewMs = 0;

/** Updates the clock difference from the `Date` header of a reply. */
export function noteServerDate(header: string | null, now = Date.now()): void {
  const time = header === null ? NaN : Date.parse(header);
  if (Number.isNaN(time)) return;
  const skew = time + 500 - now;
  skewMs = Math.abs(skew) < leastSkewMs ? 0 : skew;
}

/** Returns the current time of the server's clock, by which events are stamped. */
export function serverNow(now = Date.now()): number {
  return now + skewMs;
}

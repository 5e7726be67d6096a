/** Below this the server's `Date` header, which counts whole seconds, says nothing. */
const leastSkewMs = 2000;
let skewMs = 0;

/** Takes note of the server's clock, as a reply's `Date` header tells it. */
export function noteServerDate(header: string | null, now = Date.now()): void {
  const time = header === null ? NaN : Date.parse(header);
  if (Number.isNaN(time)) return;
  const skew = time + 500 - now;
  skewMs = Math.abs(skew) < leastSkewMs ? 0 : skew;
}

/** The time by the server's clock, which events are stamped with. */
export function serverNow(now = Date.now()): number {
  return now + skewMs;
}

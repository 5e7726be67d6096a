const firstMs = 200;
const mostMs = 30_000;
/** Milliseconds without a crash after which the next one counts as the first again. */
const calmMs = 60_000;

/** How long to wait before a process that ended is started again: longer each time, until it has been calm for a minute. */
export function createBackoff(): { next(): number } {
  let delay = firstMs;
  let last = -Infinity;
  return {
    next() {
      delay = performance.now() - last > calmMs ? firstMs : Math.min(delay * 2, mostMs);
      last = performance.now();
      return delay;
    },
  };
}

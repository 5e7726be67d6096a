const firstMs = 200;
const mostMs = 30_000;
/** After this many milliseconds without a crash, the next crash counts as the first one again. */
const calmMs = 60_000;

/** Tells how long to wait before a process that ended is started again. The wait grows until the process has run for a minute. */
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

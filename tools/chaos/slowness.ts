import type { ServerLife } from './evidence.js';

/** What a server takes to start on a quiet machine, in milliseconds. */
const quietStartMs = 1_000;

/**
 * How slow or busy a machine is, by how long servers took to start on it: at least 1. The longest start counts, because a machine is not equally busy
 * all the time.
 *
 * @example slownessOf([{ startedAt: 0, listeningAt: 3_000, diedAt: undefined }]) // 3
 */
export function slownessOf(lives: readonly ServerLife[]): number {
  const starts = lives.flatMap(({ startedAt, listeningAt }) =>
    listeningAt === undefined ? [] : [listeningAt - startedAt],
  );
  return Math.max(1, ...starts.map((ms) => ms / quietStartMs));
}

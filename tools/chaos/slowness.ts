import type { ServerLife } from './evidence.js';

/** Milliseconds that a server needs to start on a quiet machine. */
const quietStartMs = 1_000;

/**
 * Gives the factor by which a machine is slower than a quiet one, measured by the longest start of a server; at least 1. The longest start
 * counts, because the load of a machine changes.
 *
 * @example slownessOf([{ startedAt: 0, listeningAt: 3_000, diedAt: undefined }]) // 3
 */
export function slownessOf(lives: readonly ServerLife[]): number {
  const starts = lives.flatMap(({ startedAt, listeningAt }) =>
    listeningAt === undefined ? [] : [listeningAt - startedAt],
  );
  return Math.max(1, ...starts.map((ms) => ms / quietStartMs));
}

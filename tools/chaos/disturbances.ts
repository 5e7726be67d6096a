import type { Disturbance } from './evidence.js';

/** Most milliseconds after its end in which a server is back at its pace: it asks the store again with growing waits. */
const recoveryMs = { stop: 500, io: 15_000, full: 15_000 } as const;

/**
 * When something is due that has so many milliseconds: a server that is held, or has no disk meanwhile, gets the time again when that is over.
 *
 * @example dueAfter(wish.time, 1_000, disturbances)
 */
export function dueAfter(from: number, ms: number, disturbances: readonly Disturbance[]): number {
  let due = from + ms;
  for (const { kind, startedAt, endedAt } of [...disturbances].sort((a, b) => a.startedAt - b.startedAt)) {
    const isOverAt = endedAt + recoveryMs[kind];
    if (startedAt <= due && isOverAt >= from) due = Math.max(due, isOverAt + ms);
  }
  return due;
}

import type { ClusterFacts, Disturbance } from './evidence.js';

/** Most milliseconds after its end in which a server is back at its pace: it asks the store again with growing waits. */
const recoveryMs: Readonly<Partial<Record<Disturbance['kind'], number>>> = {
  stop: 500,
  io: 15_000,
  full: 15_000,
  'bucket-away': 15_000,
};

/**
 * When something is due that has so many milliseconds: a server that is held, or has no disk meanwhile, gets the time again when that is over.
 *
 * @example dueAfter(wish.time, 1_000, disturbances)
 */
export function dueAfter(from: number, ms: number, disturbances: readonly Disturbance[]): number {
  let due = from + ms;
  for (const { kind, startedAt, endedAt } of [...disturbances].sort((a, b) => a.startedAt - b.startedAt)) {
    const isOverAt = endedAt + (recoveryMs[kind] ?? 0);
    if (startedAt <= due && isOverAt >= from) due = Math.max(due, isOverAt + ms);
  }
  return due;
}

/** How long a run that lost its process may wait after the lease until another one has it. */
const takeOverMs = 5_000;

/** The faults of a cluster until the runs that they took from a process must be in another one. */
export const movingRuns = (disturbances: readonly Disturbance[], { leaseMs }: ClusterFacts): Disturbance[] =>
  disturbances.map((one) => ({ ...one, endedAt: one.endedAt + leaseMs + takeOverMs }));

import type { ClusterFacts, Disturbance } from './evidence.js';

/** The maximum milliseconds until a server works normally again after a fault: it retries the store with growing waits. */
const recoveryMs: Readonly<Partial<Record<Disturbance['kind'], number>>> = {
  stop: 500,
  io: 15_000,
  full: 15_000,
  'bucket-away': 15_000,
};

/**
 * Gives the time at which something is due that may take `ms` milliseconds. If the server is stopped or has no disk in between, the time
 * begins again after that.
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

/** The maximum milliseconds, after the lease, until another process has a run that lost its process. */
const takeOverMs = 5_000;

/** Extends the faults of a cluster until the runs that they took from a process must be in another one. */
export const movingRuns = (disturbances: readonly Disturbance[], { leaseMs }: ClusterFacts): Disturbance[] =>
  disturbances.map((one) => ({ ...one, endedAt: one.endedAt + leaseMs + takeOverMs }));

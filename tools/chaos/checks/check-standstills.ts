import type { RunEvent } from '@heddle/core';
import { dueAfter } from '../disturbances.js';
import type { Evidence, JournalRun, Violation } from '../evidence.js';

/** The maximum milliseconds, in addition to the lease, for a round of the reconciler, a hint and a claim. */
const takeOverMs = 5_000;

/** A period in which a run did nothing although it was neither suspended nor ended. */
export interface Standstill {
  readonly from: number;
  readonly to: number;
}

/** Gives the periods between the records of a run, from its acceptance, in which it should have done something. */
export function standstillsOf({ acceptedAt, events }: Pick<JournalRun, 'acceptedAt' | 'events'>): Standstill[] {
  return [acceptedAt, ...events.map(dueFrom)].flatMap((from, index) => {
    const next = events[index];
    return from !== undefined && next !== undefined && next.time > from ? [{ from, to: next.time }] : [];
  });
}

/** Gives the time from which a run has something to do after an event; undefined if it waits for a person. */
function dueFrom(event: RunEvent): number | undefined {
  if (event.type === 'run-suspend') return event.until;
  return event.type === 'run-pause' ? undefined : event.time;
}

/**
 * In a cluster, a run that lost its process must continue in another one when the lease has ended. After a lasting fault, the time begins
 * again.
 */
export function checkStandstills({ runs, disturbances, slowness, cluster }: Evidence): Violation[] {
  if (cluster === undefined) return [];
  const most = cluster.leaseMs + takeOverMs * slowness;
  return runs.flatMap((run) =>
    standstillsOf(run)
      .filter(({ from, to }) => to > dueAfter(from, most, disturbances))
      .map(({ from, to }): Violation => ({
        promise: 'G5',
        runId: run.runId,
        message: `did nothing for ${to - from} ms since ${from}, and was due within ${most} ms of the last fault`,
      })),
  );
}

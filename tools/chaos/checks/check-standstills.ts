import type { RunEvent } from '@heddle/core';
import { dueAfter } from '../disturbances.js';
import type { Evidence, JournalRun, Violation } from '../evidence.js';

/** Beside the lease: how long a round of the reconciler, a hint and a claim take at most, in milliseconds. */
const takeOverMs = 5_000;

/** A while in which a run that was neither suspended nor at its end did nothing. */
export interface Standstill {
  readonly from: number;
  readonly to: number;
}

/** The whiles between the records of a run, from its acceptance on, in which it was due. */
export function standstillsOf({ acceptedAt, events }: Pick<JournalRun, 'acceptedAt' | 'events'>): Standstill[] {
  return [acceptedAt, ...events.map(dueFrom)].flatMap((from, index) => {
    const next = events[index];
    return from !== undefined && next !== undefined && next.time > from ? [{ from, to: next.time }] : [];
  });
}

/** From when on a run has something to do after an event; undefined where it waits for a person. */
function dueFrom(event: RunEvent): number | undefined {
  if (event.type === 'run-suspend') return event.until;
  return event.type === 'run-pause' ? undefined : event.time;
}

/** In a cluster, a run that lost its process goes on in another one once the lease is over. A fault that lasts gives it the time again. */
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

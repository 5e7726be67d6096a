import type { Disturbance, JournalRun } from '../evidence.js';

/** A fault shifts a clock by at least an hour, and a chaos run takes less. */
const hour = 3_600_000;

/**
 * Corrects the times of runs that were written with a wrong clock. An event far outside the time of the chaos run was written while a fault
 * had shifted the clock, and only one of the shifts brings it back inside.
 *
 * @example straightenTimes(runs, disturbances, { from: startedAt, to: Date.now() })
 */
export function straightenTimes(
  runs: readonly JournalRun[],
  disturbances: readonly Disturbance[],
  { from, to }: { readonly from: number; readonly to: number },
): JournalRun[] {
  const shifts = disturbances.flatMap(({ shiftMs }) => shiftMs ?? []);
  const isInside = (time: number): boolean => time > from - hour / 2 && time < to + hour / 2;
  const straight = (time: number): number => {
    if (isInside(time)) return time;
    const shift = shifts.find((ms) => isInside(time - ms));
    return shift === undefined ? time : time - shift;
  };
  return runs.map((run) => ({
    ...run,
    acceptedAt: straight(run.acceptedAt),
    events: run.events.map((event) => ({ ...event, time: straight(event.time) })),
  }));
}

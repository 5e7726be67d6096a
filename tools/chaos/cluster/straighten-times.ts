import type { Disturbance, JournalRun } from '../evidence.js';

/** No fault shifts a clock by less, and no chaos lasts longer. */
const hour = 3_600_000;

/**
 * The runs with the times that right clocks would have written: an event far from the time of the chaos was written by a clock that a fault had
 * shifted, and only one of the shifts brings it back.
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

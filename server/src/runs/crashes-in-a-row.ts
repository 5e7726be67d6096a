import { HeddleError, type RunEvent } from '@heddle/core';

/** Records of attempts; they do not count as progress. */
const noProgress: ReadonlySet<RunEvent['type']> = new Set(['run-start', 'node-start', 'node-log', 'label-decision']);

/**
 * Counts the recoveries at the end of a run's events in which a node began but no result followed. If no node began, the process ended
 * before the run had a slot, so the run did not cause the crash.
 */
export function crashesInARow(events: readonly RunEvent[]): number {
  let count = 0;
  let hasBegun = false;
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index];
    if (event?.type === 'node-start') hasBegun = true;
    if (event === undefined || noProgress.has(event.type)) continue;
    if (event.type !== 'run-queue' && (event.type !== 'run-resume' || event.reason !== 'recovered')) break;
    if (hasBegun) count += 1;
    hasBegun = false;
  }
  return count;
}

/** The error that ends a run after repeated crashes of its processes. */
export const crashLoop = (recoveries: number): HeddleError =>
  new HeddleError(
    'crash_loop',
    `The run was recovered ${recoveries} times, and each time the process ended before the run made progress. Check the node that was running, then resume the run.`,
    { details: { recoveries } },
  );

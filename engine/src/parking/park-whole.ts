import type { RunOutcome } from '../host.js';
import type { Mailbox } from '../mailbox.js';
import type { Outbox } from '../outbox.js';
import type { RunClock } from '../run-clock.js';
import type { RunStatus } from '../run-status.js';
import type { Frame } from '../run-tree.js';
import type { HumanInputs } from './human-inputs.js';
import { TaskState } from '../tasks/task-state.js';

/** What parking a whole run needs of it. */
export interface WholeParking {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  readonly requests: HumanInputs;
  finish(status: 'parked', details: Pick<RunOutcome, 'requests' | 'until'>): void;
}

/**
 * The caller has nothing to do, and no execution goes on by itself: a run that has parked ones leaves memory. True when a record was
 * written. `wasParked`: the run was parked when this process took it up.
 */
export function parkWhole(
  run: WholeParking & { readonly mailbox: Mailbox },
  frames: ReadonlyMap<string, Frame>,
  wasParked: boolean,
): boolean {
  const root = frames.get('');
  if (root === undefined || root.parked === 0 || root.stop !== undefined || root.isFinished || run.status.isEnding)
    return false;
  if (run.outbox.isWaiting || run.requests.isDeciding) return false;
  const until = nextDue(frames);
  const how = { requests: run.requests.openIds(), ...(until === undefined ? {} : { until }) };
  if (run.status.isDormant && wasParked && !run.status.hasLingered) {
    // The caller that resumed the run has a turn of the event loop to answer it.
    run.status.hasLingered = true;
    run.mailbox.commandLater(() => undefined);
    return false;
  }
  if (run.status.isDormant) {
    run.finish('parked', how);
    return false;
  }
  run.status.isDormant = true;
  run.outbox.add({ type: 'run-park', time: run.clock.now(), ...how });
  return true;
}

/** When a parked execution first wakes by itself, in epoch milliseconds. */
function nextDue(frames: ReadonlyMap<string, Frame>): number | undefined {
  let until: number | undefined;
  for (const frame of frames.values()) {
    for (const task of frame.tasks) {
      if (task?.state !== TaskState.Parked) continue;
      for (const timer of task.timers) until = until === undefined ? timer.time : Math.min(until, timer.time);
    }
  }
  return until;
}

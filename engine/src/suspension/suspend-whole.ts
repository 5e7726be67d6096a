import type { RunOutcome } from '../host.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RunStatus } from '../run/run-status.js';
import type { Frame } from '../run/run-tree.js';
import type { HumanInputs } from './human-inputs.js';
import { TaskState } from '../tasks/task-state.js';

interface WholeSuspension {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  readonly requests: HumanInputs;
  finish(status: 'suspended', details: Pick<RunOutcome, 'requests' | 'until'>): void;
}

/**
 * Suspends a run in which no execution continues by itself and some are suspended: the run leaves memory. Returns true if a record was
 * written. `wasSuspended`: the run was already suspended when this process loaded it.
 */
export function suspendWhole(
  run: WholeSuspension & { readonly mailbox: Mailbox },
  frames: ReadonlyMap<string, Frame>,
  wasSuspended: boolean,
): boolean {
  const root = frames.get('');
  if (root === undefined || root.suspended === 0 || root.stop !== undefined || root.isFinished || run.status.isEnding)
    return false;
  if (run.outbox.isWaiting || run.requests.isDeciding) return false;
  const until = nextDue(frames);
  const how = { requests: run.requests.openIds(), until };
  if (run.status.isDormant && wasSuspended && !run.status.hasLingered) {
    // The caller that resumed the run has one tick of the event loop to answer it.
    run.status.hasLingered = true;
    run.mailbox.commandLater(() => undefined);
    return false;
  }
  if (run.status.isDormant) {
    run.finish('suspended', how);
    return false;
  }
  run.status.isDormant = true;
  run.outbox.add({ type: 'run-suspend', time: run.clock.now(), ...how });
  return true;
}

/** The earliest time at which a suspended execution wakes by itself, in epoch milliseconds. */
function nextDue(frames: ReadonlyMap<string, Frame>): number | undefined {
  let until: number | undefined;
  for (const frame of frames.values()) {
    for (const task of frame.tasks) {
      if (task?.state !== TaskState.Suspended) continue;
      for (const timer of task.timers) until = until === undefined ? timer.time : Math.min(until, timer.time);
    }
  }
  return until;
}

import type { RunOutcome } from '../host.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RunStatus } from '../run/run-status.js';
import type { Frame } from '../run/run-tree.js';
import type { HumanInputs } from './human-inputs.js';
import { TaskState } from '../tasks/task-state.js';

/** What suspending a whole run needs of it. */
interface WholeSuspension {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  readonly requests: HumanInputs;
  finish(status: 'suspended', details: Pick<RunOutcome, 'requests' | 'until'>): void;
}

/**
 * The caller has nothing to do, and no execution goes on by itself: a run that has suspended ones leaves memory. True when a record was
 * written. `wasSuspended`: the run was suspended when this process took it up.
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
    // The caller that resumed the run has a tick of the event loop to answer it.
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

/** When a suspended execution first wakes by itself, in epoch milliseconds. */
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

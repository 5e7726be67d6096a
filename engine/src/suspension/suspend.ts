import type { RunEventOf } from '@heddle/core';
import type { FrameCheck, Lifecycle } from '../run/lifecycle.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { RequestEntry } from '../recovery/history.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import { earliest, isOverdue, timesOfWaits } from './request-times.js';
import type { HumanInputs } from './human-inputs.js';
import { wake } from './waking.js';
import { TaskEvent, TaskState } from '../tasks/task-state.js';

/** The parts of a run that a suspension is recorded with. */
export interface SuspendRecording {
  readonly clock: RunClock;
  readonly outbox: Outbox;
}

interface Resting extends Lifecycle, FrameCheck {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  readonly requests: HumanInputs;
}

/** Suspends an execution whose function returned to wait: records the reason and gives up its slots. */
export function suspend(run: SuspendRecording & Resting, task: Task): void {
  const waits = task.waitsFor;
  const isDue =
    waits.requests.some((request) => request.end !== undefined) ||
    (waits.sleepUntil !== undefined && run.clock.moments.hasCome(waits.sleepUntil));
  const [request] = waits.requests;
  const reason = request !== undefined ? 'human-input' : waits.sleepUntil !== undefined ? 'sleep' : 'nested';
  recordSuspend(run, task, { reason, request, until: earliest(waits) });
  if (waits.sleepUntil !== undefined) rememberSleep(task, waits.sleepUntil);
  rest(run, task);
  if (isDue) wake(run, task);
}

/** Records a suspension. `until`: when it ends by itself, in epoch milliseconds. */
export function recordSuspend(
  run: SuspendRecording,
  task: Task,
  how: {
    readonly reason: RunEventOf<'node-suspend'>['reason'];
    readonly request: RequestEntry | undefined;
    readonly until: number | undefined;
  },
): void {
  const { reason, request, until } = how;
  run.outbox.add({
    type: 'node-suspend',
    time: run.clock.now(),
    path: task.path,
    attempt: Math.max(1, task.attempt),
    reason,
    until,
    requestId: request?.requestId,
  });
}

/** Makes an execution inactive until something is due or wakes it. */
export function rest(run: Resting, task: Task): void {
  run.advance(task, TaskEvent.Suspend);
  watchTimes(run, task);
  run.checkFrame(task.frame);
}

/** Does everything that is due now and sets a timer for the next time. */
function watchTimes(run: Resting, task: Task): void {
  const { moments } = run.clock;
  // All times of a wait are noted now, not only the next, because the clock may be set back before the later ones.
  for (const time of timesOfWaits(task.waitsFor)) moments.note(time);
  run.requests.remind(task.waitsFor.requests);
  const until = earliest(task.waitsFor);
  if (until === undefined) return;
  const due = (): void => {
    if (task.state !== TaskState.Suspended) return;
    // Times that are over are removed, so that they do not count as the next wake time of a suspended run.
    task.sweepTimers((time) => moments.hasCome(time));
    run.requests.expire(task.waitsFor.requests);
    const { sleepUntil } = task.waitsFor;
    if (sleepUntil !== undefined && moments.hasCome(sleepUntil)) wake(run, task);
    else if (!task.waitsFor.requests.some((request) => isOverdue(moments, request))) watchTimes(run, task);
  };
  task.addTimer(moments.add(until, () => run.mailbox.command(due)));
}

function rememberSleep(task: Task, until: number): void {
  const { sleeps } = task.remembers;
  if (sleeps[sleeps.length - 1] !== until) sleeps.push(until);
}

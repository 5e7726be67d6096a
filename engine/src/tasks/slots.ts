import type { Limits } from '../limits/limits.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { QueuePosition, Task } from '../run/run-tree.js';
import { TaskEvent } from './task-state.js';

// An execution that is suspended or waits for nested runs holds no slot, and its deadlines stand still meanwhile.

interface SlotWaiting extends Lifecycle {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  readonly limits: Limits;
}

interface Pausing {
  readonly clock: RunClock;
  readonly limits: Limits;
  /** Adds to the number of calls that run and do not wait for nested runs. */
  countRunning(amount: number): void;
}

/** Waits for a slot of each limit of a node; then the execution is ready again. */
export function waitForSlots(run: SlotWaiting, task: Task): void {
  task.keepLeave(
    run.limits.acquire(
      task.node.limits,
      () => {
        task.keepLeave(undefined);
        task.noteQueuePosition(undefined);
        task.takeSlots();
        run.mailbox.command(() => run.advance(task, TaskEvent.Enqueue));
      },
      (limit, position) => {
        task.noteQueuePosition(position > 0 ? { limit, position } : undefined);
        run.outbox.live({
          type: 'node-queue',
          runId: run.outbox.runId,
          time: run.clock.now(),
          path: task.path,
          attempt: task.attempt + 1,
          limit,
          position,
        });
      },
    ),
  );
}

/** Pauses a call that waits for nested runs, and gives up its slots. */
export function pause(run: Pausing, task: Task): void {
  task.clock.pauses += 1;
  task.clock.stop(run.clock.steadyNow());
  run.countRunning(-1);
  if (task.letSlotsGo()) run.limits.release(task.node.limits);
}

/** Continues a call after a pause, as soon as slots are free. */
export function unpause(run: Pausing, task: Task, go: () => void): void {
  task.clock.pauses -= 1;
  const resume = (): void => {
    task.keepLeave(undefined);
    startClock(run.clock, task);
    run.countRunning(1);
    go();
  };
  if (task.node.limits.length === 0) {
    resume();
    return;
  }
  let hasGoneOn = false;
  const giveUp = run.limits.acquire(task.node.limits, () => {
    hasGoneOn = true;
    task.takeSlots();
    resume();
  });
  if (hasGoneOn) return;
  // If the execution is stopped meanwhile, it continues without a slot and sees that it is aborted.
  task.keepLeave(() => {
    giveUp();
    resume();
  });
}

/** Notes that the call waits for a slot outside the engine, such as in a model host, and sends its position to watchers. */
export function setWaiting(
  run: { readonly clock: RunClock; readonly outbox: Outbox },
  task: Task,
  slot: QueuePosition | undefined,
): void {
  const { path, attempt, clock } = task;
  const isWaiting = slot !== undefined && slot.position > 0;
  task.noteQueuePosition(isWaiting ? slot : undefined);
  if (isWaiting !== clock.isWaiting) {
    clock.isWaiting = isWaiting;
    if (isWaiting) clock.stop(run.clock.steadyNow());
    else startClock(run.clock, task);
  }
  const time = run.clock.now();
  task.noteAlive(time);
  run.outbox.live({
    type: 'node-queue',
    runId: run.outbox.runId,
    time,
    path,
    attempt,
    limit: slot?.limit ?? '',
    position: slot?.position ?? 0,
  });
}

function startClock(clock: RunClock, task: Task): void {
  if (task.clock.start(clock.steadyNow())) task.noteAlive(clock.now());
}

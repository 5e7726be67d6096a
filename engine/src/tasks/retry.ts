import { isStoreFault, toErrorValue, type HeddleError } from '@heddle/core';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import { isHandled } from './error-port.js';
import { TaskEvent, TaskState } from './task-state.js';

// The time of the next attempt is recorded, so that a replay needs no clock.

/** The least number of attempts after a fault of the store, such as a read that the disk refused: about a quarter of a minute. */
const storeAttempts = 6;
const storeBackoffMs = 500;

interface Retrying extends Lifecycle {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
}

/** Whether another attempt follows a failed one. `isStored`: the acceptance of the run is on the disk. */
export function canRetry(task: Task, error: HeddleError, isStored: boolean): boolean {
  const { attempts, atMostOnce } = task.node.run;
  if (!error.retryable || atMostOnce || !isHandled(error)) return false;
  // If the disk did not take the acceptance, the run is over. Nodes of a failed nested run have been retried already.
  const isStore = isStoreFault(error) && isStored && !hasFailedNested(task);
  return task.failures + 1 < (isStore ? Math.max(attempts, storeAttempts) : attempts);
}

function hasFailedNested({ history }: Task): boolean {
  return [...(history?.nested.values() ?? [])].some((end) => 'error' in end);
}

/** Records a failed attempt and returns the time of the next one. The pause doubles with each failure, with jitter. */
export function recordRetry(
  run: { readonly clock: RunClock; readonly outbox: Outbox; random(): number },
  task: Task,
  error: HeddleError,
): number {
  task.noteFailure();
  const wait = (isStoreFault(error) ? storeBackoffMs : task.node.run.backoffMs) * 2 ** (task.failures - 1);
  const dueAt = run.clock.now() + Math.round(wait * (0.5 + run.random() / 2));
  run.outbox.add({
    type: 'node-retry',
    time: run.clock.now(),
    path: task.path,
    attempt: task.attempt,
    error: toErrorValue(error, 'node_failed', task.path),
    dueAt,
  });
  return dueAt;
}

/** Forgets failed nested runs, so that they run again in the next attempt. */
export function forgetNestedFailures(task: Task): void {
  const { history } = task;
  if (history === undefined) return;
  for (const [key, end] of history.nested) {
    if (!('error' in end)) continue;
    history.nested.delete(key);
    task.noteNestedStale();
  }
}

/** Waits for the next attempt, without a slot. */
export function waitForRetry(run: Retrying, task: Task, milliseconds: number): void {
  run.advance(task, TaskEvent.Retry);
  task.expectRetry(run.clock.now() + milliseconds);
  const again = (): void => {
    if (task.state !== TaskState.Retrying) return;
    if (task.history?.last === 'retry') task.history.last = 'woken';
    run.advance(task, TaskEvent.Enqueue);
  };
  task.addTimer(run.clock.afterSpan(milliseconds, () => run.mailbox.command(again)));
}

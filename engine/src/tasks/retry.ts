import { isStoreFault, toErrorValue, type HeddleError } from '@heddle/core';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import { isHandled } from './error-port.js';
import { TaskEvent, TaskState } from './task-state.js';

// When the next attempt is due is a record, so that a replay needs no clock.

/** A node that met a fault of the store, such as a read that the disk refused, has this many attempts at least: a quarter of a minute. */
const storeAttempts = 6;
const storeBackoffMs = 500;

/** What waiting for a retry needs of the run. */
interface Retrying extends Lifecycle {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
}

/** Whether a failed attempt is followed by another one. `isStored`: the disk has the acceptance of the run. */
export function canRetry(task: Task, error: HeddleError, isStored: boolean): boolean {
  const { attempts, atMostOnce } = task.node.run;
  if (!error.retryable || atMostOnce || !isHandled(error)) return false;
  // A run whose acceptance the disk did not take is over, and the nodes of a nested run that failed have been tried again.
  const isStore = isStoreFault(error) && isStored && !hasFailedNested(task);
  return task.failures + 1 < (isStore ? Math.max(attempts, storeAttempts) : attempts);
}

function hasFailedNested({ history }: Task): boolean {
  return [...(history?.nested.values() ?? [])].some((end) => 'error' in end);
}

/** Records a failed attempt and when the next is due: after a pause that doubles, with jitter. Gives that time. */
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

/** Nested runs that failed run again with the next attempt. */
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

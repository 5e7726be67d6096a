import { HeddleError, Suspended } from '@heddle/core';
import type { Mailbox } from '../run/mailbox.js';
import type { Outbox } from '../run/outbox.js';
import type { Outcome } from '../run/outcome.js';
import type { NestedEnd } from '../recovery/history.js';
import type { Frame, Task } from '../run/run-tree.js';
import type { Stop } from '../run/stop.js';
import { TaskState } from '../tasks/task-state.js';

interface NestedWaiting {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly mailbox: Mailbox;
  pause(task: Task): void;
  unpause(task: Task, go: () => void): void;
  /** Wakes a suspended execution, because something that it waits for has happened. */
  wake(task: Task): void;
}

/** Resolves with the end of a nested run. Rejects if it is stopped, or with `Suspended` if all nested runs of the execution are suspended. */
export function waitForNested(run: NestedWaiting, task: Task, key: string, prefix: string): Promise<NestedEnd> {
  const promise = new Promise<NestedEnd>((resolve, reject) => {
    if ((task.nested?.size ?? 0) === 0) run.pause(task);
    task.addNested(key, { prefix, resolve, reject });
  });
  // A node may start several nested runs and end at the first that suspends, so nobody may await this promise.
  promise.catch(() => undefined);
  checkNestedLater(run, task);
  return promise;
}

/** Waits until every function has gone on as far as it can, then checks whether all nested runs of an execution are suspended. */
export function checkNestedLater(run: NestedWaiting, task: Task): void {
  run.mailbox.commandLater(() => suspendWithNested(run, task));
}

/** Suspends an execution if all nested runs that it waits for are suspended. */
function suspendWithNested(run: NestedWaiting, task: Task): void {
  const { nested } = task;
  if (nested === undefined || nested.size === 0 || !task.hasCall || task.afterNested !== undefined) return;
  for (const { prefix } of nested.values()) if (run.frames.get(prefix)?.isSuspended !== true) return;
  task.waitsFor.isNested = true;
  task.forgetNested();
  run.unpause(task, () => {
    for (const waiting of nested.values()) waiting.reject(new Suspended());
  });
}

/** Passes the end of a nested run to the execution that started it, or wakes that execution if it is suspended. */
export function deliver(run: NestedWaiting, task: Task, key: string, end: NestedEnd): void {
  const pending = task.state === TaskState.Suspended ? undefined : task.nested?.get(key);
  if (pending === undefined) {
    run.wake(task);
    return;
  }
  task.takeNested(key);
  if (task.afterNested !== undefined) {
    noteGone(run.mailbox, task);
    return;
  }
  const go = (): void => pending.resolve(end);
  if (task.nested?.size === 0) run.unpause(task, go);
  else go();
  checkNestedLater(run, task);
}

/** Rejects in the execution that started a nested run, because the nested run was stopped. */
export function rejectStopped(run: { readonly mailbox: Mailbox }, frame: Frame): void {
  const { parent, stop, prefix } = frame;
  if (parent === undefined) return;
  const { task, key } = parent;
  const pending = task.takeNested(key);
  pending?.reject(
    stop?.type === 'aborted' ? stop.error : new HeddleError('aborted', `The nested run '${prefix}' was stopped.`),
  );
  noteGone(run.mailbox, task);
}

/** Stops the nested runs of a function that has ended. Its outcome counts once they have all ended. Returns true if there are any. */
export function stopNested(
  run: {
    readonly frames: ReadonlyMap<string, Frame>;
    readonly outbox: Outbox;
    stopFrame(frame: Frame, stop: Stop): void;
  },
  task: Task,
  outcome: Outcome,
): boolean {
  if (task.nested === undefined || task.nested.size === 0 || run.outbox.isClosed) return false;
  task.keepAfterNested(outcome);
  const error = new HeddleError('aborted', `'${task.path}' ended before its nested run.`);
  for (const { prefix } of [...task.nested.values()]) {
    const frame = run.frames.get(prefix);
    if (frame !== undefined) run.stopFrame(frame, { type: 'aborted', error });
  }
  return task.nested.size > 0;
}

/** Ends an execution whose outcome waited for its nested runs, once the last of them is gone. */
function noteGone(mailbox: Mailbox, task: Task): void {
  const outcome = task.afterNested;
  if (outcome === undefined || (task.nested?.size ?? 0) > 0) return;
  task.keepAfterNested(undefined);
  mailbox.outcome(task, outcome);
}

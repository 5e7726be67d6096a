import { HeddleError } from '@heddle/core';
import type { EngineHost } from '../host.js';
import type { FrameCheck, Lifecycle } from '../run/lifecycle.js';
import type { Mailbox } from '../run/mailbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Frame, Task } from '../run/run-tree.js';
import type { Stop } from '../run/stop.js';
import { breakBuffers } from '../streams/stream-buffers.js';
import { TaskEvent } from '../tasks/task-state.js';

// On abort, the engine signals, waits for everything, then writes one last event. Frames and calls stop each other: a frame stops its
// calls, and a call stops its nested frames.

interface Stopping extends Lifecycle, FrameCheck {
  readonly runId: string;
  readonly frames: ReadonlyMap<string, Frame>;
  /** Gives up an aborted call that does not return in time. */
  giveUpAfterGrace(task: Task, error: HeddleError): void;
}

/** Stops a frame and everything in it. The frame ends when the last function has returned. */
export function stopFrame(run: Stopping, frame: Frame, stop: Stop): void {
  if (frame.stop !== undefined || frame.isFinished) return;
  frame.stop = stop;
  const error =
    stop.type === 'failed' || stop.type === 'aborted' || stop.type === 'lost'
      ? stop.error
      : new HeddleError('run_cancelled', `Run '${run.runId}' was ${stop.type}.`);
  for (const task of frame.tasks) {
    if (task === undefined) continue;
    task.giveUpPosition();
    if (task.hasCall) {
      abortCall(
        run,
        task,
        stop.type === 'failed' ? new HeddleError('aborted', `Another node of the run failed: ${error.message}`) : error,
      );
      if (!task.node.hasStreamInput) continue;
    } else drop(run, task);
    breakBuffers(frame, task.node, error);
  }
  run.checkFrame(frame);
}

/** Aborts a call with all its nested runs. A call that does not return in time is given up. */
export function abortCall(run: Stopping, task: Task, error: HeddleError): void {
  task.abort(error);
  if (!task.hasCall) return;
  for (const { prefix } of [...(task.nested?.values() ?? [])]) {
    const nested = run.frames.get(prefix);
    if (nested !== undefined) stopFrame(run, nested, { type: 'aborted', error });
  }
  run.giveUpAfterGrace(task, error);
}

/** Drops an execution without a result, unless its result is being committed. */
export function drop(run: Stopping, task: Task): void {
  const { frame } = task;
  if (!run.advance(task, TaskEvent.Drop) || frame.children === 0) return;
  const error = new HeddleError('aborted', `'${task.path}' was stopped.`);
  for (const nested of [...run.frames.values()])
    if (nested.parent?.task === task) stopFrame(run, nested, { type: 'aborted', error });
}

/** Stops an execution that had begun and is skipped now, because the stream that it reads failed. */
export function stopSkipped(run: Stopping, task: Task): void {
  const error = new HeddleError('aborted', `'${task.path}' was skipped: what it reads failed.`);
  if (task.hasCall) abortCall(run, task, error);
  task.giveUpPosition();
  drop(run, task);
  breakBuffers(task.frame, task.node, error);
}

/** Gives up an aborted call that does not return within the grace period; its outcome is then the error. */
export function giveUpAfterGrace(
  run: { readonly clock: RunClock; readonly mailbox: Mailbox; readonly host: Pick<EngineHost, 'graceMs'> },
  task: Task,
  error: HeddleError,
): void {
  const { call } = task;
  run.clock.afterSpan(run.host.graceMs ?? 5_000, () =>
    run.mailbox.post({ type: 'outcome', task, call, outcome: { type: 'failed', error } }),
  );
}

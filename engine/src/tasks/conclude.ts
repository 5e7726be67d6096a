import type { HeddleError } from '@heddle/core';
import type { FrameCheck, Lifecycle } from '../run/lifecycle.js';
import type { Outcome } from '../run/outcome.js';
import type { Task } from '../run/run-tree.js';
import { endBuffers, hasOpenProducer } from '../streams/stream-buffers.js';
import { TaskEvent, TaskState } from './task-state.js';

interface Concluding extends Lifecycle, FrameCheck {
  /** Stops nested runs that the function left running. Returns true if the call must wait for them. */
  stopNested(task: Task, outcome: Outcome): boolean;
  /** Handles an outcome that counts. */
  handleOutcome(task: Task, outcome: Outcome): void;
  /** Handles an outcome in a frame that is being stopped. */
  handleLateOutcome(task: Task, outcome: Outcome): void;
}

/** Concludes a call that returned or was given up. */
export function conclude(run: Concluding, task: Task, returned: Outcome): void {
  const { frame } = task;
  if (returned.type !== 'suspended' && task.nested !== undefined && run.stopNested(task, returned)) return;
  run.advance(task, TaskEvent.Return);
  // The outcome of a skipped or restarted execution does not count.
  if (task.state !== TaskState.Returned) {
    run.checkFrame(frame);
    return;
  }
  const outcome = decidedOutcome(task) ?? returned;
  if (frame.stop === undefined) {
    run.handleOutcome(task, outcome);
    return;
  }
  run.handleLateOutcome(task, outcome);
  run.checkFrame(frame);
}

/** The outcome that was decided independently of the function's result. */
function decidedOutcome({ stub, verdict }: Task): Outcome | undefined {
  if (stub !== undefined) return { type: 'done', outputs: stub };
  return verdict === undefined ? undefined : { type: 'failed', error: verdict };
}

interface OutcomeHandling extends Lifecycle {
  suspend(task: Task): void;
  /** Retries a failed call. Returns false if it may not be retried. */
  retry(task: Task, error: HeddleError): boolean;
  commitOutcome(task: Task, outcome: Outcome): void;
  stopUnneededProducers(task: Task): void;
}

/** Handles an outcome: suspends, retries, or commits a result. */
export function handleOutcome(run: OutcomeHandling, task: Task, outcome: Outcome): void {
  switch (outcome.type) {
    case 'suspended':
      run.suspend(task);
      return;
    case 'failed':
      if (run.retry(task, outcome.error)) return;
      if (task.node.errorOutput < 0) {
        run.commitOutcome(task, outcome);
        return;
      }
      break;
    case 'done':
      endBuffers(task);
  }
  if (!hasOpenProducer(task)) {
    run.commitOutcome(task, outcome);
    return;
  }
  // Its result is committed with or after the results of its producers.
  run.advance(task, TaskEvent.Hold);
  task.keepOutcome(outcome);
  run.stopUnneededProducers(task);
}

/** Handles an outcome in a frame that is being stopped: a result is committed if possible, any other outcome is dropped. */
export function handleLateOutcome(
  run: {
    readonly outbox: { readonly isClosed: boolean };
    commitOutcome(task: Task, outcome: Outcome): void;
    drop(task: Task): void;
  },
  task: Task,
  outcome: Outcome,
): void {
  if (outcome.type === 'done' && !run.outbox.isClosed && !hasOpenProducer(task)) run.commitOutcome(task, outcome);
  else run.drop(task);
}

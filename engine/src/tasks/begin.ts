import type { RunEventOf } from '@heddle/core';
import type { Lifecycle } from '../run/lifecycle.js';
import type { Outbox } from '../run/outbox.js';
import type { Outcome } from '../run/outcome.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';
import { NodeState } from '../scheduler/scheduler-types.js';
import { TaskEvent, TaskState } from './task-state.js';

interface Beginning extends Lifecycle {
  /** Returns true while it waits for the answer whether another run has the result. */
  asksOthers(task: Task): boolean;
  /** Commits a result that is known in advance. Returns true if there is one. */
  commitKnown(task: Task): boolean;
  /** Returns true if the execution does not start now. */
  mustPause(task: Task): boolean;
  waitForSlots(task: Task): void;
  launch(task: Task): void;
}

/** Begins a ready execution: takes a known result, perhaps from another run, pauses, waits for slots, or calls the function. */
export function begin(run: Beginning, task: Task): void {
  const { frame, node } = task;
  if (frame.stop !== undefined || frame.scheduler.stateOf(node.index) !== NodeState.Ready) return;
  if (task.state !== TaskState.Queued) {
    run.advance(task, TaskEvent.Block);
    return;
  }
  if (task.call === 0 && (run.asksOthers(task) || run.commitKnown(task) || run.mustPause(task))) return;
  if (node.limits.length > 0 && !task.holdsSlots) run.waitForSlots(task);
  else run.launch(task);
}

interface Launching extends Lifecycle {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly status: {
    readonly isDormant: boolean;
    isRecovering: boolean;
    noteResumed(reason: RunEventOf<'run-resume'>['reason']): void;
  };
  call(task: Task): void;
}

/** Records the start of an attempt and calls the function. */
export function launch(run: Launching, task: Task): void {
  if (run.status.isDormant) run.status.noteResumed(task.history?.last === 'woken' ? 'answered' : 'timer');
  const now = run.clock.now();
  task.begin(now);
  const record = { type: 'node-start', time: now, path: task.path, attempt: task.attempt } as const;
  const { atMostOnce } = task.node.run;
  if (!atMostOnce && !run.status.isRecovering) {
    run.outbox.add(record);
    run.call(task);
    return;
  }
  // An `atMostOnce` node waits until its start is on the disk. The first nodes of a recovered run wait until their start is committed: if
  // one of them crashes the process again, the record counts that attempt, and the run does not crash for ever.
  run.advance(task, TaskEvent.Start);
  const onCommitted = (): void => {
    run.status.isRecovering = false;
    if (task.state === TaskState.Starting) run.call(task);
  };
  run.outbox.add(record, { onCommitted }, atMostOnce);
}

interface Calling extends Lifecycle {
  callNode(task: Task): Outcome | Promise<Outcome>;
  conclude(task: Task, outcome: Outcome): void;
  /** Starts the deadlines of the call and concludes it when it ends. */
  awaitOutcome(task: Task, outcome: Promise<Outcome>): void;
}

/** Calls the function of an execution. An outcome that is there at once is concluded at once. */
export function call(run: Calling, task: Task): void {
  run.advance(task, TaskEvent.Call);
  const outcome = run.callNode(task);
  if (outcome instanceof Promise) run.awaitOutcome(task, outcome);
  else run.conclude(task, outcome);
}

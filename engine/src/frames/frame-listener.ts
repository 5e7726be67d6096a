import { HeddleError, publicLabel } from '@heddle/core';
import { bypassOutputs } from './frame-values.js';
import type { Lifecycle } from '../run/lifecycle.js';
import { elementAt } from '../paths.js';
import type { DerivedRecord } from '../recovery/derived-records.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { RunClock } from '../timing/run-clock.js';
import { Task, type Frame } from '../run/run-tree.js';
import type { SchedulerListener } from '../scheduler/scheduler-types.js';
import type { Stop } from '../run/stop.js';
import { TaskEvent } from '../tasks/task-state.js';

interface DecisionHandling {
  readonly clock: RunClock;
  /** Records a decision, unless the journal already has it. */
  recordDerived(record: DerivedRecord): void;
  makeReady(frame: Frame, index: number): void;
  /** Stops an execution that had begun and is skipped now. */
  stopSkipped(task: Task): void;
  stopFrame(frame: Frame, stop: Stop): void;
}

/** Creates the listener that carries out the decisions of a frame's scheduler. */
export function listenTo(run: DecisionHandling, frame: Frame): SchedulerListener {
  return {
    ready: (index) => run.makeReady(frame, index),
    skip: (index, reason, wasReady) => {
      if (frame.stop !== undefined) return;
      const task = frame.tasks[index];
      const path = frame.pathOf(frame.nodeAt(index));
      const attempt = Math.max(1, task?.attempt ?? 1);
      run.recordDerived({ type: 'node-skip', time: run.clock.now(), path, attempt, reason });
      if (wasReady && task !== undefined) run.stopSkipped(task);
    },
    bypass: (index) => {
      const node = frame.nodeAt(index);
      const path = frame.pathOf(node);
      run.recordDerived({ type: 'node-skip', time: run.clock.now(), path, attempt: 1, reason: 'disabled' });
      return bypassOutputs(frame, node);
    },
    loopNext: (region, iteration) => {
      if (frame.stop !== undefined) return;
      const target = frame.nodeAt(elementAt(frame.plan.regions, region).target);
      const path = frame.pathOf(target).replace(/\d+$/, String(iteration));
      run.recordDerived({ type: 'loop-next', time: run.clock.now(), path, attempt: 1, iteration });
    },
    loopLimit: (region) => {
      if (frame.stop === undefined) endAtLimit(run, frame, region);
    },
  };
}

/** Ends a loop at its limit: its loop edge carries a value, and the region may not run again. */
function endAtLimit(run: DecisionHandling, frame: Frame, region: number): void {
  const { source, max, atLimit } = elementAt(frame.plan.regions, region);
  const path = frame.pathOf(frame.nodeAt(source));
  run.recordDerived({ type: 'loop-limit', time: run.clock.now(), path, attempt: 1, max, atLimit });
  if (atLimit === 'leave') return;
  const error = new HeddleError(
    'loop-limit',
    `The loop that '${path}' closes reached its limit of ${max} iterations: raise "max", or let it leave at the limit.`,
    { details: { max } },
  );
  run.stopFrame(frame, { type: 'failed', error, path });
}

/** Creates the execution of a node that the scheduler has made ready. */
export function makeReady(run: Lifecycle & { readonly memory: RunMemory }, frame: Frame, index: number): void {
  if (frame.stop !== undefined) return;
  let task = frame.tasks[index];
  if (task === undefined) {
    const node = frame.nodeAt(index);
    task = new Task(frame, node, frame.pathOf(node), publicLabel);
    frame.tasks[index] = task;
    const history = run.memory.historyOf(task.path);
    if (history !== undefined) task.adopt(history);
  }
  run.advance(task, TaskEvent.Ready);
}

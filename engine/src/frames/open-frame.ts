import { type HeddleError, defaultLabel, errorPortName, fromErrorValue } from '@heddle/core';
import type { FrameCheck, Lifecycle } from '../run/lifecycle.js';
import { nodeOfPath } from '../paths.js';
import type { SettlingEvent } from '../recovery/history.js';
import type { RunMemory } from '../recovery/run-memory.js';
import { Frame, type FrameOptions, type Task } from '../run/run-tree.js';
import { NodeState, type SchedulerListener } from '../scheduler/scheduler-types.js';
import type { Stop } from '../run/stop.js';
import { TaskEvent } from '../tasks/task-state.js';

/** What a caller states about a frame that it opens. */
export type NewFrame = Omit<FrameOptions, 'listener' | 'selection' | 'onSettled'>;

interface FrameOpening extends FrameCheck {
  readonly frames: Map<string, Frame>;
  readonly memory: RunMemory;
  createFrame(options: NewFrame): Frame;
  replay(frame: Frame, events: readonly SettlingEvent[]): void;
}

interface FrameCreation {
  readonly memory: RunMemory;
  listenTo(frame: Frame): SchedulerListener;
  settle(task: Task): void;
}

/** Begins a run of a plan under a path prefix. Results in the journal are replayed first. */
export function openFrame(run: FrameOpening, options: NewFrame): Frame {
  const { prefix, parent } = options;
  const frame = run.createFrame(options);
  run.frames.set(prefix, frame);
  if (parent !== undefined) parent.task.frame.children += 1;
  frame.scheduler.begin();
  const settled = run.memory.settledUnder(prefix);
  if (settled !== undefined) run.replay(frame, settled);
  run.checkFrame(frame);
  return frame;
}

/** Creates a frame and connects its decisions and results with the run. */
export function createFrame(run: FrameCreation, options: NewFrame): Frame {
  const { presets } = run.memory;
  return new Frame({
    ...options,
    listener: (frame) => run.listenTo(frame),
    selection: presets === undefined ? undefined : (frame) => presets.selectionOf(frame),
    onSettled: (task) => run.settle(task),
  });
}

/** Settles nodes again as the journal recorded them. */
export function replay(
  run: Lifecycle & { stopFrame(frame: Frame, stop: Stop): void },
  frame: Frame,
  events: readonly SettlingEvent[],
): void {
  for (const event of events) {
    const node = nodeOfPath(frame.plan, event.path);
    if (node === undefined || frame.scheduler.stateOf(node.index) >= NodeState.Done) continue;
    const task = frame.tasks[node.index];
    if (task !== undefined) run.advance(task, TaskEvent.Drop);
    if (event.type !== 'node-error') {
      frame.scheduler.complete(node.index, event.outputs);
      continue;
    }
    const outputs = event.isCarried
      ? { [errorPortName]: { value: event.error, label: event.label ?? defaultLabel } }
      : undefined;
    if (frame.scheduler.fail(node.index, outputs) === 'fatal') {
      const error: HeddleError = fromErrorValue(event.error);
      run.stopFrame(frame, { type: 'failed', error, path: event.path, label: event.label });
    }
  }
}

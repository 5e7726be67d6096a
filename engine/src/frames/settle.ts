import type { PlanNode } from '@heddle/core';
import type { FrameCheck, Lifecycle } from '../run/lifecycle.js';
import type { Frame, Task } from '../run/run-tree.js';
import type { Stop } from '../run/stop.js';
import { breakBuffers, dropReadBuffers } from '../streams/stream-buffers.js';
import { errorLabel, errorOutputs } from '../tasks/error-port.js';
import { TaskEvent } from '../tasks/task-state.js';

interface Settling extends Lifecycle, FrameCheck {
  stopFrame(frame: Frame, stop: Stop): void;
  /** Commits consumers that ended before their producer. */
  releaseConsumers(frame: Frame, node: PlanNode): void;
}

/** Settles the edges of a committed result. Results settle in the order of their commits. */
export function settle(run: Settling, task: Task): void {
  const { frame, node, outcome } = task;
  run.advance(task, TaskEvent.Settle);
  if (frame.stop !== undefined || outcome === undefined) {
    run.checkFrame(frame);
    return;
  }
  if (outcome.type === 'failed') {
    const verdict = frame.scheduler.fail(node.index, errorOutputs(task, outcome.error));
    if (verdict === 'fatal') {
      const { path } = task;
      run.stopFrame(frame, { type: 'failed', error: outcome.error, path, label: errorLabel(task) });
    }
    breakBuffers(frame, node, outcome.error);
  } else if (outcome.type === 'done') {
    frame.scheduler.complete(node.index, outcome.outputs);
    if (frame.openBuffers > 0) run.releaseConsumers(frame, node);
  }
  if (node.hasStreamInput) dropReadBuffers(frame, node);
  run.checkFrame(frame);
}

import type { FrameCheck } from '../run/lifecycle.js';
import type { Frame, Task } from '../run/run-tree.js';

interface FrameEnding {
  endRun(root: Frame): void;
  endNested(frame: Frame): void;
  /** Checks whether the execution that waits for nested runs can be suspended, because they have no work now. */
  checkNestedLater(task: Task): void;
}

/**
 * Ends a frame that has nothing left to do. If a nested run is suspended, checks whether the execution that waits for it can be suspended
 * too.
 */
export function checkFrame(run: FrameEnding, frame: Frame): void {
  if (frame.isFinished) return;
  const isSettled = frame.scheduler.remaining === 0 || frame.stop !== undefined;
  if (isSettled && frame.calls === 0 && frame.committing === 0 && frame.children === 0) {
    frame.isFinished = true;
    if (frame.parent === undefined) run.endRun(frame);
    else run.endNested(frame);
  } else if (frame.parent !== undefined && frame.isSuspended) {
    run.checkNestedLater(frame.parent.task);
  }
}

/** Removes a nested run from memory and checks the frame around it, which may have waited for this. */
export function closeNested(
  run: FrameCheck & { readonly frames: Map<string, Frame> },
  { prefix, parent }: Frame,
): void {
  if (parent === undefined || !run.frames.delete(prefix)) return;
  const around = parent.task.frame;
  around.children -= 1;
  run.checkFrame(around);
}

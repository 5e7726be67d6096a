import type { FrameCheck } from '../run/lifecycle.js';
import type { Frame, Task } from '../run/run-tree.js';

/** What ending a frame needs of the run. */
interface FrameEnding {
  /** The run itself ended. */
  endRun(root: Frame): void;
  /** A nested run ended. */
  endNested(frame: Frame): void;
  /** A nested run has no work: the execution that waits for it may be suspended now. */
  checkNestedLater(task: Task): void;
}

/** Ends a frame when nothing of it is left, and tells its execution when it stands still. */
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

/** A nested run leaves memory; the frame around it may have waited for that. */
export function closeNested(
  run: FrameCheck & { readonly frames: Map<string, Frame> },
  { prefix, parent }: Frame,
): void {
  if (parent === undefined || !run.frames.delete(prefix)) return;
  const around = parent.task.frame;
  around.children -= 1;
  run.checkFrame(around);
}

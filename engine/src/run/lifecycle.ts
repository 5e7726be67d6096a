import type { Frame, Task } from './run-tree.js';
import type { TaskEvent } from '../tasks/task-state.js';

// What several modules use of the runner. A module that needs more declares it itself.

/** Changes the state of executions. */
export interface Lifecycle {
  /** Applies an event and carries out its effects. Returns false if the state does not allow the event; then nothing has changed. */
  advance(task: Task, event: TaskEvent): boolean;
}

/** Ends frames. */
export interface FrameCheck {
  /**
   * Ends a frame that has nothing left to do. If a nested run is suspended, checks whether the execution that waits for it can be suspended
   * too.
   */
  checkFrame(frame: Frame): void;
}

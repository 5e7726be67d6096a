import type { Frame, Task } from './run-tree.js';
import type { TaskEvent } from '../tasks/task-state.js';

// What several modules ask of the runner. A module that needs more declares it itself.

/** Changes the state of executions. */
export interface Lifecycle {
  /** Takes an event in and carries out its effects. False where the state refuses the event, and nothing changed. */
  advance(task: Task, event: TaskEvent): boolean;
}

/** Ends frames. */
export interface FrameCheck {
  /** Ends a frame when nothing of it is left, and tells its execution when it stands still. */
  checkFrame(frame: Frame): void;
}

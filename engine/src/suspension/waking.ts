import type { Lifecycle } from '../run/lifecycle.js';
import { prefixOf } from '../paths.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { Frame, Task } from '../run/run-tree.js';
import { TaskEvent, TaskState } from '../tasks/task-state.js';

interface ExecutionFinding {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly memory: RunMemory;
}

/** Wakes a suspended execution, because something that it waits for has happened. */
export function wake(run: Lifecycle, task: Task): void {
  if (!run.advance(task, TaskEvent.Wake)) return;
  if (task.history?.last === 'suspend') task.history.last = 'woken';
}

/** Wakes the execution of a path. If its nested run is not open, wakes the execution that must open it again. */
export function wakePath(run: ExecutionFinding & Lifecycle, path: string): void {
  const history = run.memory.past?.histories.get(path);
  if (history?.last === 'suspend') history.last = 'woken';
  for (let at = path; ;) {
    const task = taskAt(run, at);
    if (task !== undefined) {
      wake(run, task);
      return;
    }
    const end = at.lastIndexOf('#');
    if (end < 0) return;
    at = at.slice(0, end);
  }
}

/** Wakes an execution that sleeps, because what it sleeps for has come. An execution that waits for a person does not wake. */
export function wakeSleeper(run: ExecutionFinding & Lifecycle, path: string): void {
  const task = taskAt(run, path);
  const history = run.memory.past?.histories.get(path);
  // In the first ticks of this process, an execution that slept in an earlier process is not suspended yet, so its history counts.
  const isAsleep =
    task?.state === TaskState.Suspended
      ? task.waitsFor.sleepUntil !== undefined
      : history?.last === 'suspend' && history.suspendReason === 'sleep';
  if (isAsleep) wakePath(run, path);
}

/** The current attempt of an execution, for records about it. */
export function attemptAt(run: ExecutionFinding, path: string): number {
  return Math.max(1, taskAt(run, path)?.attempt ?? run.memory.past?.histories.get(path)?.attempt ?? 1);
}

function taskAt({ frames }: ExecutionFinding, path: string): Task | undefined {
  return frames.get(prefixOf(path))?.tasks.find((task) => task?.path === path);
}

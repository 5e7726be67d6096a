import type { Lifecycle } from '../run/lifecycle.js';
import { prefixOf } from '../paths.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { Frame, Task } from '../run/run-tree.js';
import { TaskEvent, TaskState } from '../tasks/task-state.js';

/** What finding an execution by its path needs of the run. */
interface ExecutionFinding {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly memory: RunMemory;
}

/** Something came for a suspended execution. */
export function wake(run: Lifecycle, task: Task): void {
  if (!run.advance(task, TaskEvent.Wake)) return;
  if (task.history?.last === 'suspend') task.history.last = 'woken';
}

/** Wakes the execution of a path, or the one that must open its nested run again. */
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

/** Something came that the execution of a path sleeps for. One that waits for a person does not wake. */
export function wakeSleeper(run: ExecutionFinding & Lifecycle, path: string): void {
  const task = taskAt(run, path);
  const history = run.memory.past?.histories.get(path);
  // One that slept in an earlier process is not suspended yet in the first ticks of this one.
  const isAsleep =
    task?.state === TaskState.Suspended
      ? task.waitsFor.sleepUntil !== undefined
      : history?.last === 'suspend' && history.suspendReason === 'sleep';
  if (isAsleep) wakePath(run, path);
}

/** The attempt that an execution is in, for records about it. */
export function attemptAt(run: ExecutionFinding, path: string): number {
  return Math.max(1, taskAt(run, path)?.attempt ?? run.memory.past?.histories.get(path)?.attempt ?? 1);
}

function taskAt({ frames }: ExecutionFinding, path: string): Task | undefined {
  return frames.get(prefixOf(path))?.tasks.find((task) => task?.path === path);
}

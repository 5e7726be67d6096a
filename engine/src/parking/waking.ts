import { prefixOf } from '../paths.js';
import type { Runner } from '../runner.js';
import type { Task } from '../task.js';

/** Puts an execution among those that are ready. */
export function requeue(runner: Runner, task: Task): void {
  if (task.frame.stop !== undefined || task.state === 'over') return;
  task.state = 'queued';
  task.startsWhenGone = false;
  runner.ready.push(task);
  runner.poke();
}

/** Something came for a parked execution. */
export function wake(runner: Runner, task: Task): void {
  if (task.state !== 'parked') return;
  task.cancelTimers();
  task.frame.parked -= 1;
  runner.countActive(task.frame, 1);
  if (task.history?.last === 'park') task.history.last = 'woken';
  requeue(runner, task);
}

/** Wakes the execution of a path, or the one that must open its nested run again. */
export function wakePath(runner: Runner, path: string): void {
  const history = runner.past?.histories.get(path);
  if (history?.last === 'park') history.last = 'woken';
  for (let at = path; ;) {
    const task = runner.frames.get(prefixOf(at))?.tasks.find((candidate) => candidate?.path === at);
    if (task !== undefined) {
      wake(runner, task);
      return;
    }
    const end = at.lastIndexOf('#');
    if (end < 0) return;
    at = at.slice(0, end);
  }
}

/** The attempt that an execution is in, for records about it. */
export function attemptAt(runner: Runner, path: string): number {
  const task = runner.frames.get(prefixOf(path))?.tasks.find((candidate) => candidate?.path === path);
  return Math.max(1, task?.attempt ?? runner.past?.histories.get(path)?.attempt ?? 1);
}

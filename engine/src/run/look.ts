import { toErrorValue } from '@heddle/core';
import { earliest } from '../suspension/request-times.js';
import type { ExecutionLook, RunLook } from './run-look.js';
import type { RunStatus } from './run-status.js';
import type { Frame, Task } from './run-tree.js';
import { TaskState } from '../tasks/task-state.js';

/** Looks at a run in memory. */
export function lookAt(run: { readonly frames: ReadonlyMap<string, Frame>; readonly status: RunStatus }): RunLook {
  const executions: ExecutionLook[] = [];
  for (const frame of run.frames.values()) {
    if (frame.isFinished) continue;
    for (const task of frame.tasks) {
      const look = task === undefined ? undefined : lookAtTask(task);
      if (look !== undefined) executions.push(look);
    }
  }
  const { journalTries, journalError } = run.status;
  return {
    executions,
    journalTries,
    journalError: journalError === undefined ? undefined : toErrorValue(journalError),
  };
}

function lookAtTask(task: Task): ExecutionLook | undefined {
  const about = { path: task.path, attempt: Math.max(1, task.attempt) };
  const begun = { ...about, startedAt: task.startedAt, aliveAt: task.aliveAt };
  switch (task.state) {
    case TaskState.Over:
    case TaskState.OverWithCall:
    case TaskState.Idle:
    case TaskState.IdleWithCall:
      return undefined;
    case TaskState.Queued:
    case TaskState.QueuedWithCall:
    case TaskState.BlockedByCall:
      return task.place === undefined
        ? { ...about, state: 'queued' }
        : { ...about, attempt: task.attempt + 1, state: 'slot', ...task.place };
    case TaskState.Running:
      if (task.knownClock?.isWaiting === true || task.place !== undefined)
        return { ...begun, state: 'slot', ...task.place };
      if ((task.knownClock?.pauses ?? 0) > 0) return { ...begun, state: 'nested' };
      return { ...begun, state: 'working', ...deadlinesOf(task) };
    case TaskState.Retrying:
      return { ...about, attempt: task.attempt + 1, state: 'retrying', until: task.retryAt };
    case TaskState.Suspended:
      return { ...begun, ...waitOf(task) };
    case TaskState.Starting:
    case TaskState.Returned:
    case TaskState.Held:
    case TaskState.Committing:
      return { ...begun, state: 'journal' };
  }
}

function deadlinesOf(task: Task): Pick<ExecutionLook, 'wallDueAt' | 'idleDueAt'> {
  const { wallMs, idleMs } = task.node.run;
  return {
    wallDueAt: wallMs === undefined ? undefined : task.startedAt + (task.knownClock?.pausedMs ?? 0) + wallMs,
    idleDueAt: idleMs === undefined ? undefined : task.aliveAt + idleMs,
  };
}

function waitOf(task: Task): Pick<ExecutionLook, 'state' | 'until'> {
  const { waits } = task;
  if (waits === undefined) return { state: 'nested' };
  const until = untilOf(earliest(waits));
  if (waits.requests.length > 0) return { state: 'person', ...until };
  return waits.sleepUntil === undefined ? { state: 'nested', ...until } : { state: 'timer', ...until };
}

function untilOf(until: number | undefined): { readonly until?: number } {
  return until === undefined ? {} : { until };
}

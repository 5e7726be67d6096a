import { toErrorValue } from '@heddle/core';
import { earliest } from '../suspension/request-times.js';
import type { ExecutionSnapshot, RunSnapshot } from './run-snapshot.js';
import type { RunStatus } from './run-status.js';
import type { Frame, Task } from './run-tree.js';
import { TaskState } from '../tasks/task-state.js';

/** Takes a snapshot of a run in memory. */
export function snapshotOf(run: {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly status: RunStatus;
}): RunSnapshot {
  const executions: ExecutionSnapshot[] = [];
  for (const frame of run.frames.values()) {
    if (frame.isFinished) continue;
    for (const task of frame.tasks) {
      const snapshot = task === undefined ? undefined : snapshotOfTask(task);
      if (snapshot !== undefined) executions.push(snapshot);
    }
  }
  const { journalTries, journalError } = run.status;
  return {
    executions,
    journalTries,
    journalError: journalError === undefined ? undefined : toErrorValue(journalError),
  };
}

function snapshotOfTask(task: Task): ExecutionSnapshot | undefined {
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
      return task.queuePosition === undefined
        ? { ...about, state: 'queued' }
        : { ...about, attempt: task.attempt + 1, state: 'slot', ...task.queuePosition };
    case TaskState.Running:
      if (task.knownClock?.isWaiting === true || task.queuePosition !== undefined)
        return { ...begun, state: 'slot', ...task.queuePosition };
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

function deadlinesOf(task: Task): Pick<ExecutionSnapshot, 'wallDueAt' | 'idleDueAt'> {
  const { wallMs, idleMs } = task.node.run;
  return {
    wallDueAt: wallMs === undefined ? undefined : task.startedAt + (task.knownClock?.pausedMs ?? 0) + wallMs,
    idleDueAt: idleMs === undefined ? undefined : task.aliveAt + idleMs,
  };
}

function waitOf(task: Task): Pick<ExecutionSnapshot, 'state' | 'until'> {
  const { waits } = task;
  if (waits === undefined) return { state: 'nested' };
  const until = untilOf(earliest(waits));
  if (waits.requests.length > 0) return { state: 'person', ...until };
  return waits.sleepUntil === undefined ? { state: 'nested', ...until } : { state: 'timer', ...until };
}

function untilOf(until: number | undefined): { readonly until?: number } {
  return until === undefined ? {} : { until };
}

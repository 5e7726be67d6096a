import { toErrorValue, type ErrorValue } from '@heddle/core';
import { earliest } from './parking/parking.js';
import type { Runner } from './runner.js';
import type { Task } from './task.js';

/** How an execution that has not ended stands, for people and programs that ask why. */
export interface ExecutionLook {
  readonly path: string;
  /** The attempt that works or comes next. */
  readonly attempt: number;
  /** `slot`: waits for a place of a limit, such as a model's. `nested`: for nested runs. `journal`: its result is being stored. */
  readonly state: 'working' | 'slot' | 'retrying' | 'person' | 'timer' | 'nested' | 'journal' | 'queued';
  /** Epoch milliseconds; undefined for what has not begun. */
  readonly startedAt?: number;
  /** Its last sign of life. */
  readonly aliveAt?: number;
  /** When it will be given up: in all, or for its silence. */
  readonly wallDueAt?: number;
  readonly idleDueAt?: number;
  readonly limit?: string;
  readonly position?: number;
  /** When it goes on by itself. */
  readonly until?: number;
}

/** A run in memory as it stands now. */
export interface RunLook {
  readonly executions: readonly ExecutionLook[];
  /** Tries of the journal since it last took something; above 0 the run waits for it. */
  readonly journalTries: number;
  /** Why it took nothing. */
  readonly journalError?: ErrorValue;
}

/** Looks at a run. Costs nothing until somebody asks (C1). */
export function lookAt(runner: Runner): RunLook {
  const executions: ExecutionLook[] = [];
  for (const frame of runner.frames.values()) {
    if (frame.isFinished) continue;
    for (const task of frame.tasks) {
      const look = task === undefined ? undefined : lookAtTask(task);
      if (look !== undefined) executions.push(look);
    }
  }
  const { journalTries, journalError } = runner;
  return {
    executions,
    journalTries,
    ...(journalError === undefined ? {} : { journalError: toErrorValue(journalError) }),
  };
}

function lookAtTask(task: Task): ExecutionLook | undefined {
  const about = { path: task.path, attempt: Math.max(1, task.attempt) };
  const begun = { ...about, startedAt: task.startedAt, aliveAt: task.aliveAt };
  switch (task.state) {
    case 'over':
    case 'idle':
      return undefined;
    case 'queued':
      return task.place === undefined
        ? { ...about, state: 'queued' }
        : { ...about, attempt: task.attempt + 1, state: 'slot', ...task.place };
    case 'running':
      if (task.isWaiting || task.place !== undefined) return { ...begun, state: 'slot', ...task.place };
      if (task.pauses > 0) return { ...begun, state: 'nested' };
      return { ...begun, state: 'working', ...deadlinesOf(task) };
    case 'retrying':
      return { ...about, attempt: task.attempt + 1, state: 'retrying', until: task.retryAt };
    case 'parked':
      return { ...begun, ...waitOf(task) };
    case 'starting':
    case 'held':
    case 'committing':
      return { ...begun, state: 'journal' };
  }
}

function deadlinesOf(task: Task): Pick<ExecutionLook, 'wallDueAt' | 'idleDueAt'> {
  const { wallMs, idleMs } = task.node.run;
  return {
    ...(wallMs === undefined ? {} : { wallDueAt: task.startedAt + task.pausedMs + wallMs }),
    ...(idleMs === undefined ? {} : { idleDueAt: task.aliveAt + idleMs }),
  };
}

function waitOf(task: Task): Pick<ExecutionLook, 'state' | 'until'> {
  const { waits } = task;
  if (waits === undefined) return { state: 'nested' };
  const until = untilOf(earliest(waits));
  if (waits.asks.length > 0) return { state: 'person', ...until };
  return waits.sleepUntil === undefined ? { state: 'nested', ...until } : { state: 'timer', ...until };
}

function untilOf(until: number | undefined): { readonly until?: number } {
  return until === undefined ? {} : { until };
}

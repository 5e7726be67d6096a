import { checkValue, type Decision, type Destination, type JsonObject, type ScopeRecord } from '@heddle/core';
import type { Outbox } from '../run/outbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';

/** The parts of a run that the functions of this file write to. */
export interface CallWriting {
  readonly clock: RunClock;
  readonly outbox: Outbox;
}

/** Writes a line to a node's log, which counts as a sign of life. Errors: `value_too_complex`. */
export function writeLog(
  run: CallWriting,
  task: Task,
  line: { readonly level: 'info' | 'warn'; readonly message: string; readonly details: JsonObject | undefined },
): void {
  const { level, message, details } = line;
  checkValue(details, `What '${task.path}' logs`);
  const time = noteAlive(run, task);
  run.outbox.add({
    type: 'node-log',
    time,
    path: task.path,
    attempt: task.attempt,
    level,
    message,
    details,
  });
}

/** Records what a node decided, which counts as a sign of life. Errors: `value_too_complex`. */
export function writeDecision(run: CallWriting, task: Task, decision: Decision): void {
  checkValue(decision.details, `What '${task.path}' decides`);
  const time = noteAlive(run, task);
  run.outbox.add({ type: 'node-decision', time, path: task.path, attempt: task.attempt, ...decision });
}

/** Sends a node's progress to watchers, which counts as a sign of life. It is not recorded. Errors: `value_too_complex`. */
export function writeProgress(
  run: CallWriting,
  task: Task,
  progress: { readonly share?: number; readonly message?: string; readonly details?: JsonObject },
): void {
  checkValue(progress.details, `The progress of '${task.path}'`);
  const time = noteAlive(run, task);
  run.outbox.live({
    type: 'node-progress',
    runId: run.outbox.runId,
    time,
    path: task.path,
    attempt: task.attempt,
    ...progress,
  });
}

/** Records whether data may go to a destination. */
export function writeLabelDecision(
  run: CallWriting,
  task: Task,
  destination: Destination,
  how: { readonly attempt: number; readonly decision: 'allowed' | 'refused'; readonly reason: string },
): void {
  run.outbox.add({
    type: 'label-decision',
    time: run.clock.now(),
    path: task.path,
    attempt: how.attempt,
    decision: how.decision,
    destination: destination.name,
    label: task.label,
    clearance: destination.clearance,
    reason: how.reason,
  });
}

/** Records what the host reports about a call. */
export function writeScopeRecord(run: CallWriting, task: Task, record: ScopeRecord): void {
  run.outbox.add({ ...record, time: run.clock.now(), path: task.path, attempt: task.attempt });
}

/** Notes a sign of life and returns its time. */
export function noteAlive(run: Pick<CallWriting, 'clock'>, task: Task): number {
  const time = run.clock.now();
  task.noteAlive(time);
  return time;
}

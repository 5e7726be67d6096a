import { HeddleError } from '@heddle/core';
import type { Runner } from './runner.js';
import type { Task } from './task.js';
import { stopFrame } from './frame-flow.js';

/** A wall clock that moves this much more or less than time was set by somebody. */
const mostDriftMs = 50;

/** Starts the clocks of a call: wall, idle (P4). Functions that came back at once never get here (C1). */
export function armTimers(runner: Runner, task: Task): void {
  const { wallMs, idleMs } = task.node.run;
  task.begunAt = runner.steadyNow() - Math.max(0, runner.now() - task.startedAt);
  if (wallMs !== undefined) armWall(runner, task, wallMs, wallMs);
  if (idleMs !== undefined) armIdle(runner, task, idleMs, idleMs);
}

function armWall(runner: Runner, task: Task, wallMs: number, wait: number): void {
  onTime(runner, task, wait, () => {
    const now = runner.steadyNow();
    const left = wallMs - (now - task.begunAt - pausedUntil(task, now));
    if (left > 0 || task.pausedAt !== undefined) armWall(runner, task, wallMs, Math.max(left, 50));
    else
      timeOut(
        runner,
        task,
        new HeddleError(
          'node_timeout',
          `'${task.path}' took longer than ${wallMs / 1000} s: give it more time, or less to do.`,
          { details: { wallMs } },
        ),
      );
  });
}

function armIdle(runner: Runner, task: Task, idleMs: number, wait: number): void {
  const ahead = runner.now() - runner.steadyNow();
  onTime(runner, task, wait, () => {
    const now = runner.now();
    // Signs of life are kept by the wall clock: when that was set meanwhile, silence is counted anew.
    const wasSet = Math.abs(now - runner.steadyNow() - ahead) > mostDriftMs;
    if (wasSet) task.aliveAt = now;
    const left = task.pausedAt === undefined ? idleMs - (now - task.aliveAt) : idleMs;
    if (left > 0) armIdle(runner, task, idleMs, left);
    else
      timeOut(
        runner,
        task,
        new HeddleError(
          'node_idle',
          `'${task.path}' gave no sign of life for ${idleMs / 1000} s: allow it a longer silence, or look why it hangs.`,
          { details: { idleMs } },
        ),
      );
  });
}

function onTime(runner: Runner, task: Task, wait: number, due: () => void): void {
  const { call } = task;
  const timer = runner.afterSpan(wait, () => {
    if (task.call === call && task.isLive && task.verdict === undefined) due();
  });
  task.timers ??= [];
  task.timers.push(timer);
}

function pausedUntil(task: Task, now: number): number {
  return task.pausedMs + (task.pausedAt === undefined ? 0 : now - task.pausedAt);
}

function timeOut(runner: Runner, task: Task, error: HeddleError): void {
  runner.post({
    type: 'command',
    run: () => {
      if (!task.isLive || task.verdict !== undefined) return;
      task.verdict = error;
      abortCall(runner, task, error);
    },
  });
}

/** Tells a call to stop, with all its nested runs; one that does not come back in time is given up (G7). */
export function abortCall(runner: Runner, task: Task, error: HeddleError): void {
  task.abort(error);
  if (!task.isLive) return;
  for (const { prefix } of [...(task.nested?.values() ?? [])]) {
    const nested = runner.frames.get(prefix);
    if (nested !== undefined) stopFrame(runner, nested, { type: 'aborted', error });
  }
  const { call } = task;
  runner.afterSpan(runner.host.graceMs ?? 5_000, () => {
    runner.post({ type: 'outcome', task, call, outcome: { type: 'failed', error } });
  });
}

/** The function is gone: its slots are free and its clocks stop. */
export function leaveSlots(runner: Runner, task: Task): void {
  task.cancelTimers();
  if (!task.hasSlots) return;
  task.hasSlots = false;
  runner.host.limits.release(task.node.limits);
}

/** The execution waits for nested runs: it holds no slot and its clocks stand still (P4). */
export function pause(runner: Runner, task: Task): void {
  task.pauses += 1;
  stopClock(runner, task);
  runner.running -= 1;
  if (!task.hasSlots) return;
  task.hasSlots = false;
  runner.host.limits.release(task.node.limits);
}

/** Goes on after a pause, as soon as a slot is free. */
export function unpause(runner: Runner, task: Task, go: () => void): void {
  task.pauses -= 1;
  const resume = (): void => {
    task.giveUpPlace = undefined;
    startClock(runner, task);
    runner.running += 1;
    go();
  };
  if (task.node.limits.length === 0) {
    resume();
    return;
  }
  let hasGoneOn = false;
  const giveUp = runner.host.limits.acquire(task.node.limits, () => {
    hasGoneOn = true;
    task.hasSlots = true;
    resume();
  });
  if (hasGoneOn) return;
  // One that is told to stop meanwhile goes on without a slot, and sees that it was aborted.
  task.giveUpPlace = () => {
    giveUp();
    resume();
  };
}

/** The execution waits for a slot elsewhere, such as a model host's; people see the place. */
export function setWaiting(
  runner: Runner,
  task: Task,
  slot: { readonly limit: string; readonly position: number } | undefined,
): void {
  const { path, attempt } = task;
  const isWaiting = slot !== undefined && slot.position > 0;
  task.place = isWaiting ? slot : undefined;
  if (isWaiting !== task.isWaiting) {
    task.isWaiting = isWaiting;
    if (isWaiting) stopClock(runner, task);
    else startClock(runner, task);
  }
  task.aliveAt = runner.now();
  runner.outbox.live({
    type: 'node-queue',
    runId: runner.runId,
    time: task.aliveAt,
    path,
    attempt,
    limit: slot?.limit ?? '',
    position: slot?.position ?? 0,
  });
}

function stopClock(runner: Runner, task: Task): void {
  task.pausedAt ??= runner.steadyNow();
}

function startClock(runner: Runner, task: Task): void {
  if (task.pausedAt === undefined || task.isWaiting || task.pauses > 0) return;
  task.pausedMs += runner.steadyNow() - task.pausedAt;
  task.pausedAt = undefined;
  task.aliveAt = runner.now();
}

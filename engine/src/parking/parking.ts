import type { RunEventOf } from '@heddle/core';
import { expireAsks, isOverdue, nextTimeOf, remindAsks, timesOf } from './asks.js';
import type { AskEntry } from '../recovery/history.js';
import type { Runner } from '../runner.js';
import type { Task, Waits } from '../task.js';
import { checkFrame } from '../frame-flow.js';
import { wake } from './waking.js';

/** The function left to wait: records why, and lets the execution rest without a slot (P2, P3, P4). */
export function park(runner: Runner, task: Task): void {
  const waits = task.waitsFor;
  const isDue =
    waits.asks.some((ask) => ask.end !== undefined) ||
    (waits.sleepUntil !== undefined && runner.moments.hasCome(waits.sleepUntil));
  const [ask] = waits.asks;
  const reason = ask !== undefined ? 'ask' : waits.sleepUntil !== undefined ? 'sleep' : 'nested';
  recordPark(runner, task, reason, ask, earliest(waits));
  if (waits.sleepUntil !== undefined) rememberSleep(task, waits.sleepUntil);
  rest(runner, task);
  if (isDue) wake(runner, task);
}

/** Records a park. */
export function recordPark(
  runner: Runner,
  task: Task,
  reason: RunEventOf<'node-park'>['reason'],
  ask: AskEntry | undefined,
  until: number | undefined,
): void {
  runner.record({
    type: 'node-park',
    time: runner.now(),
    path: task.path,
    attempt: Math.max(1, task.attempt),
    reason,
    ...(until === undefined ? {} : { until }),
    ...(ask === undefined ? {} : { askId: ask.askId }),
  });
}

/** The execution leaves what goes on by itself, and wakes when something is due. */
export function rest(runner: Runner, task: Task): void {
  const { frame } = task;
  task.state = 'parked';
  runner.countActive(frame, -1);
  frame.parked += 1;
  watchTimes(runner, task);
  checkFrame(runner, frame);
}

/** Does what is due by now, and comes back at the next time. */
function watchTimes(runner: Runner, task: Task): void {
  noteTimes(runner, task.waitsFor);
  remindAsks(runner, task.waitsFor.asks);
  const until = earliest(task.waitsFor);
  if (until === undefined) return;
  runner.after(task, until, () => {
    if (task.state !== 'parked') return;
    // What is over is no time that a parked run wakes at.
    task.timers = task.timers?.filter(({ time }) => !runner.moments.hasCome(time));
    expireAsks(runner, task.waitsFor.asks);
    const { sleepUntil } = task.waitsFor;
    if (sleepUntil !== undefined && runner.moments.hasCome(sleepUntil)) wake(runner, task);
    else if (!task.waitsFor.asks.some((ask) => isOverdue(runner, ask))) watchTimes(runner, task);
  });
}

/** All times of a wait count from now, not only the next: the clock may be set back before the others. */
function noteTimes(runner: Runner, { sleepUntil, asks }: Waits): void {
  const times = [sleepUntil, ...asks.flatMap((ask) => (ask.end === undefined ? timesOf(ask) : []))];
  for (const time of times) if (time !== undefined) runner.moments.note(time);
}

/** When an execution wakes by itself. */
export function earliest(waits: Waits): number | undefined {
  let until = waits.sleepUntil;
  for (const ask of waits.asks) {
    const next = ask.end === undefined ? nextTimeOf(ask) : undefined;
    if (next !== undefined) until = until === undefined ? next : Math.min(until, next);
  }
  return until;
}

/** After a crash or a pause of the whole run: whether a parked execution still waits, read from its history (P3). */
export function stillWaits(runner: Runner, task: Task): boolean {
  const { history } = task;
  if (history?.last !== 'park') return false;
  const waits = task.waitsFor;
  for (const ask of history.asks.values()) if (ask.end === undefined) waits.asks.push(ask);
  if (history.parkReason === 'nested') {
    waits.isNested = true;
    return nestedStillWait(runner, task, waits);
  }
  if (history.parkReason === 'sleep') {
    const until = history.sleeps[history.sleeps.length - 1];
    waits.sleepUntil = until;
    return until !== undefined && !runner.moments.hasCome(until);
  }
  return waits.asks.length > 0 && !waits.asks.some((ask) => isOverdue(runner, ask));
}

/** Nested runs are opened again only when something came for one of them; until then their times count for the node. */
function nestedStillWait(runner: Runner, task: Task, waits: Waits): boolean {
  let isWaiting = false;
  for (const [path, history] of runner.past?.histories ?? []) {
    if (!path.startsWith(`${task.path}#`)) continue;
    if (history.last !== 'park') return false;
    isWaiting = true;
    for (const ask of history.asks.values()) {
      if (ask.end !== undefined) continue;
      if (isOverdue(runner, ask)) return false;
      waits.asks.push(ask);
    }
    const until = history.parkReason === 'sleep' ? history.sleeps[history.sleeps.length - 1] : undefined;
    if (until === undefined) continue;
    if (runner.moments.hasCome(until)) return false;
    waits.sleepUntil = waits.sleepUntil === undefined ? until : Math.min(waits.sleepUntil, until);
  }
  return isWaiting;
}

function rememberSleep(task: Task, until: number): void {
  const { sleeps } = task.remembers;
  if (sleeps[sleeps.length - 1] !== until) sleeps.push(until);
}

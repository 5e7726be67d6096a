import type { RunMemory } from '../recovery/run-memory.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task, Waits } from '../run/run-tree.js';
import { isOverdue } from './request-times.js';

interface WaitReading {
  readonly clock: RunClock;
  readonly memory: RunMemory;
}

/** Whether a suspended execution still waits after a crash or a pause of the whole run, according to its history. */
export function stillWaits(run: WaitReading, task: Task): boolean {
  const { history } = task;
  if (history?.last !== 'suspend') return false;
  const { moments } = run.clock;
  const waits = task.waitsFor;
  for (const request of history.requests.values()) if (request.end === undefined) waits.requests.push(request);
  if (history.suspendReason === 'nested') {
    waits.isNested = true;
    return nestedStillWait(run, task, waits);
  }
  if (history.suspendReason === 'sleep') {
    const until = history.sleeps[history.sleeps.length - 1];
    waits.sleepUntil = until;
    return until !== undefined && !moments.hasCome(until);
  }
  return waits.requests.length > 0 && !waits.requests.some((request) => isOverdue(moments, request));
}

/**
 * Whether all nested runs of an execution still wait. Nested runs are opened again only when something happened to one of them; until then,
 * their wake times and questions count for the execution itself.
 */
function nestedStillWait(run: WaitReading, task: Task, waits: Waits): boolean {
  const { moments } = run.clock;
  let isWaiting = false;
  for (const [path, history] of run.memory.past?.histories ?? []) {
    if (!path.startsWith(`${task.path}#`)) continue;
    if (history.last !== 'suspend') return false;
    isWaiting = true;
    for (const request of history.requests.values()) {
      if (request.end !== undefined) continue;
      if (isOverdue(moments, request)) return false;
      waits.requests.push(request);
    }
    const until = history.suspendReason === 'sleep' ? history.sleeps[history.sleeps.length - 1] : undefined;
    if (until === undefined) continue;
    if (moments.hasCome(until)) return false;
    waits.sleepUntil = waits.sleepUntil === undefined ? until : Math.min(waits.sleepUntil, until);
  }
  return isWaiting;
}

import type { Clock } from '@heddle/core';
import { uptime } from 'node:os';

/** Longest delay that timers of the platform take. */
const longest = 2 ** 31 - 1;
/** The wall clock is looked at again so often: somebody may have set it. */
const lookMs = 30_000;

/** Calls back once `now` has reached the time, looking again after `mostMs` at the latest. */
function callAt(now: () => number, time: number, callback: () => void, mostMs: number): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const wait = Math.min(mostMs, Math.max(1, Math.ceil(time - now())));
    timer = setTimeout(() => (now() < time ? arm() : callback()), wait);
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}

const steadyNow = (): number => performance.now();

/**
 * Milliseconds since the machine started, its sleep included. Not on macOS, where the steady clock of the process counts sleep already,
 * and this time moves with the wall clock.
 */
export const sinceBoot = process.platform === 'darwin' ? () => 0 : (): number => uptime() * 1000;

/** The clock of the machine. Its timers never keep the process alive; a wall clock that is set is noticed within half a minute. */
export const realClock: Clock = {
  now: () => Date.now(),
  at: (time, callback) => callAt(() => Date.now(), time, callback, lookMs),
  steady: {
    now: steadyNow,
    at: (time, callback) => callAt(steadyNow, time, callback, longest),
  },
};

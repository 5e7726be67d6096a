import type { Clock } from '@heddle/core';
import { uptime } from 'node:os';

/** Longest delay of a platform timer. */
const longest = 2 ** 31 - 1;
/** How often the wall clock is read again, because a person can set it. */
const checkEveryMs = 30_000;

/** Calls back once `now` has reached the time; it checks again after `mostMs` at the latest. */
export function callAt(
  now: () => number,
  time: number,
  callback: () => void,
  mostMs: number = checkEveryMs,
): () => void {
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
 * Milliseconds since the machine started, sleep included. Undefined on macOS: there the steady clock of the process includes sleep, and
 * this time follows the wall clock.
 */
export const sinceBoot = process.platform === 'darwin' ? () => 0 : (): number => uptime() * 1000;

/** The clock of the machine. Its timers do not keep the process alive. A changed wall clock is noticed within half a minute. */
export const realClock: Clock = {
  now: () => Date.now(),
  at: (time, callback) => callAt(() => Date.now(), time, callback),
  steady: {
    now: steadyNow,
    at: (time, callback) => callAt(steadyNow, time, callback, longest),
  },
};

import type { Clock } from '@heddle/core';
import { uptime } from 'node:os';

/** The longest delay of a platform timer. */
const longest = 2 ** 31 - 1;
/** How often the wall clock is read again, because a person can set it. */
const checkEveryMs = 30_000;

/** Calls back once `now` has reached a time. It checks the time again at least every `mostMs` milliseconds. */
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
 * Milliseconds since the machine started, including its sleep. Always 0 on macOS: there the steady clock of the process includes sleep, and
 * the uptime follows the wall clock.
 */
export const sinceBoot = process.platform === 'darwin' ? () => 0 : (): number => uptime() * 1000;

/** The clock of the machine. Its timers do not keep the process alive. It notices a change of the wall clock within half a minute. */
export const realClock: Clock = {
  now: () => Date.now(),
  at: (time, callback) => callAt(() => Date.now(), time, callback),
  steady: {
    now: steadyNow,
    at: (time, callback) => callAt(steadyNow, time, callback, longest),
  },
};

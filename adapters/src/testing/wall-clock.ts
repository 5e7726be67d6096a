import type { Clock } from '@heddle/core';

/** The clock of the machine, for tests that wait for other processes. */
export const wallClock: Clock = {
  now: () => Date.now(),
  at(time, callback) {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

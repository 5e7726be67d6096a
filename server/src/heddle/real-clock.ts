import type { Clock } from '@heddle/core';

/** Longest delay that timers of the platform take. */
const longest = 2 ** 31 - 1;

/** The clock of the machine. Its timers never keep the process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  at: (time, callback) => {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const wait = Math.max(0, time - Date.now());
      timer = setTimeout(() => (wait > longest ? arm() : callback()), Math.min(wait, longest));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};

import { steadySource, type Clock } from '@heddle/core';

/** Waits for a time, or until the signal aborts. It does not throw: the caller checks the signal afterwards. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const time = steadySource(clock);
    const leave = (): void => {
      stopTimer();
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const stopTimer = time.at(time.now() + ms, leave);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

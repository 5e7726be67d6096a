import { HeddleError, type TimeSource } from '@heddle/core';

/** Waits until a time on the clock. Errors: `aborted`. */
export function sleep(clock: TimeSource, until: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(new HeddleError('aborted', 'The call was stopped while it waited for its next attempt.'));
    };
    const cancel = clock.at(until, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

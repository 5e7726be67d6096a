import { HeddleError } from '@heddle/core';

/**
 * Waits for a promise until the signal aborts, and ignores a later result. For work that others may still need, such as loading a model.
 * Errors: `aborted`.
 */
export function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new HeddleError('aborted', 'Nobody waits for this any more.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

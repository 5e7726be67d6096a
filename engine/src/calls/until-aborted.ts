/**
 * Waits for a promise until the signal aborts. Opening a resource may take long and goes on for other callers, but an aborted call does not
 * wait for it.
 */
export function untilAborted<T>(opening: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reason());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

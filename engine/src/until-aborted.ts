/**
 * Waits for something no longer than until the signal aborts. Opening a resource may take long and goes on for others; the call
 * that asked for it waits no longer than it is wanted (G7).
 */
export function untilAborted<T>(opening: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reason());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

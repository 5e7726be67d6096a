import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

const sliceMs = 10;

/** Returns a function that yields to the event loop once this work has blocked it for a while. */
export function createPacer(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < sliceMs) return undefined;
    return yieldToEventLoop().then(() => {
      since = performance.now();
    });
  };
}

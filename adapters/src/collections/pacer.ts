import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

const sliceMs = 10;

/** Pauses for a tick of the event loop when this work has held it for a while. */
export function createPacer(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < sliceMs) return undefined;
    return yieldToEventLoop().then(() => {
      since = performance.now();
    });
  };
}

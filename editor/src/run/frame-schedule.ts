import type { Schedule } from './run-view.js';

/** A frame that took longer than this is followed by a pause. */
const dearMs = 30;
const longestPauseMs = 400;

/** No frame before this moment, so that what is typed and clicked gets its turn between frames that take long. */
let notBefore = 0;

/**
 * Once a frame while the page is seen, four times a second while it is not (hidden pages get no frames). After a frame that took
 * long, as when tens of thousands of events are caught up with, the next one waits twice as long as that one took.
 */
export const frameSchedule: Schedule = (callback) => {
  if (document.visibilityState === 'hidden') {
    setTimeout(callback, 250);
    return;
  }
  const wait = notBefore - performance.now();
  const ask = (): void => void requestAnimationFrame(() => callMeasured(callback));
  if (wait > 0) setTimeout(ask, wait);
  else ask();
};

function callMeasured(callback: () => void): void {
  const begin = performance.now();
  callback();
  // Drawing is done in a microtask and in the frame: a task behind both sees what all of it took.
  setTimeout(() => {
    const end = performance.now();
    const took = end - begin;
    notBefore = took < dearMs ? 0 : end + Math.min(longestPauseMs, took * 2);
  });
}

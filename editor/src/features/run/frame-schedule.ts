import type { Schedule } from './fold/run-view.js';

/** A frame that took longer than this is followed by a pause. */
const dearMs = 30;
const longestPauseMs = 400;

/** No frame before this moment, so that input is handled between long frames. */
let notBefore = 0;

/**
 * Once a frame while the page is visible, four times a second while it is hidden (hidden pages get no frames). After a long frame, as when
 * tens of thousands of events are processed, the next one waits twice as long as that one took.
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
  // React renders in a microtask and in the frame: a task after both measures the whole time.
  setTimeout(() => {
    const end = performance.now();
    const took = end - begin;
    notBefore = took < dearMs ? 0 : end + Math.min(longestPauseMs, took * 2);
  });
}

import type { Schedule } from './fold/run-view.js';

/** A frame that takes longer than this many milliseconds is followed by a pause. */
const dearMs = 30;
const longestPauseMs = 400;

/** The time before which no frame starts, so that the browser can handle input between long frames. */
let notBefore = 0;

/**
 * Calls back once per frame while the page is visible, and four times a second while it is hidden, because hidden pages get no frames.
 * After a long frame, for example with tens of thousands of events, the next one waits twice as long as that frame took.
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
  // React renders in a microtask and in the frame, so a task after both measures the whole time.
  setTimeout(() => {
    const end = performance.now();
    const took = end - begin;
    notBefore = took < dearMs ? 0 : end + Math.min(longestPauseMs, took * 2);
  });
}

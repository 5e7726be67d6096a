import type { Schedule } from './run-view.js';

/** Once a frame while the page is seen, four times a second while it is not (hidden pages get no frames). */
export const frameSchedule: Schedule = (callback) => {
  if (document.visibilityState === 'hidden') setTimeout(callback, 250);
  else requestAnimationFrame(callback);
};

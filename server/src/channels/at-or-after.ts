import { momentsFace, steadyFace, type Clock } from '@heddle/core';

/**
 * Calls back at a moment, and after so many milliseconds at the latest, whatever somebody sets that clock to.
 *
 * @example const stopTimer = atOrAfter(clock, next, 60_000, () => look());
 */
export function atOrAfter(clock: Clock, time: number, mostMs: number, callback: () => void): () => void {
  const steady = steadyFace(clock);
  const stop = (): void => {
    stopTime();
    stopMost();
  };
  const once = (): void => {
    stop();
    callback();
  };
  const stopTime = time === Infinity ? () => undefined : momentsFace(clock).at(time, once);
  const stopMost = steady.at(steady.now() + mostMs, once);
  return stop;
}

import { momentsSource, steadySource, type Clock } from '@heddle/core';

/**
 * Calls back at a moment, but after `mostMs` milliseconds at the latest, even if the clock is set.
 *
 * @example const stopTimer = atOrAfter(clock, next, 60_000, () => check());
 */
export function atOrAfter(clock: Clock, time: number, mostMs: number, callback: () => void): () => void {
  const steady = steadySource(clock);
  const stop = (): void => {
    stopTime();
    stopMost();
  };
  const once = (): void => {
    stop();
    callback();
  };
  const stopTime = time === Infinity ? () => undefined : momentsSource(clock).at(time, once);
  const stopMost = steady.at(steady.now() + mostMs, once);
  return stop;
}

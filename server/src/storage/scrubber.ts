import type { Scrub } from '@heddle/adapters/scrub';
import { steadySource, type Clock } from '@heddle/core';
import type { Log } from '../common/log.js';

const second = 1_000;
const hour = 3_600 * second;

/**
 * Runs a step of the scrub every second, and begins a new round an hour after the last one. Returns a function that stops it and resolves
 * when nothing is read any more.
 *
 * @example const stop = startScrubbing(createScrub(database, options), { clock, log });
 */
export function startScrubbing(
  scrub: Scrub,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): () => Promise<void> {
  const time = steadySource(clock);
  let isStopped = false;
  let working: Promise<void> = Promise.resolve();
  let stopTimer: () => void = () => undefined;

  async function step(): Promise<void> {
    let wait = second;
    try {
      if (await scrub.step()) wait = hour;
    } catch (error) {
      log.warn({ err: error }, 'a part of what is stored could not be read again; it is tried again later');
      wait = hour;
    }
    if (!isStopped) arm(wait);
  }

  function arm(wait: number): void {
    stopTimer = time.at(time.now() + wait, () => {
      working = step();
    });
  }

  arm(second);
  return async () => {
    isStopped = true;
    stopTimer();
    await working;
    scrub.close();
  };
}

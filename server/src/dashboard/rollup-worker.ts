import type { Clock, RollupStore } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { BackgroundWork } from '../common/background/background-work.js';
import type { Log } from '../common/log.js';
import { pause } from '../common/pause.js';

interface RollupSources {
  readonly rollups: Pick<RollupStore, 'step' | 'prune'>;
  readonly clock: Clock & { readonly isTrusted: boolean };
  readonly log: Log;
}

/** How many runs and calls one step counts: about three milliseconds of the event loop. */
const atOnce = 100;
/** The wait between two checks. Figures are this far behind, and a little more under load. */
const everyMs = 2_000;
/** The wait between two steps on runs from before the upgrade, which are not urgent. */
const backlogMs = 20;
/** The wait after a fault of the store, such as a full disk. */
const faultMs = 5_000;

/**
 * Counts ended runs in the background, in small steps. If the process ends, the next one counts the rest.
 *
 * Old sums are removed only while the clock is trusted, so that a wrong year removes nothing.
 */
export class RollupWorker {
  private readonly background = new BackgroundWork();
  private isFaulty = false;

  constructor(private readonly sources: RollupSources) {}

  start(): void {
    this.background.start((signal) => this.work(signal));
  }

  stop(): Promise<void> {
    return this.background.stop();
  }

  /** Counts the runs that wait, if nothing does so in the background, as in a command without a server. */
  async refresh(): Promise<void> {
    if (!this.background.isStarted) await this.catchUp();
  }

  /** Counts all runs that wait. */
  async catchUp(): Promise<void> {
    while (!(await this.sources.rollups.step(atOnce)).isDone) await yieldToEventLoop();
  }

  private async work(signal: AbortSignal): Promise<void> {
    const { clock } = this.sources;
    while (!signal.aborted) {
      const wait = await this.next();
      if (wait === 0) await yieldToEventLoop();
      else await pause(clock, wait, signal);
    }
  }

  /** Counts once, and returns how long to wait for the next step. */
  private async next(): Promise<number> {
    const { rollups, clock, log } = this.sources;
    try {
      const { isCaughtUp, isDone } = await rollups.step(atOnce);
      this.isFaulty = false;
      if (!isCaughtUp) return 0;
      if (!isDone) return backlogMs;
      return clock.isTrusted && (await rollups.prune(clock.now())) ? backlogMs : everyMs;
    } catch (error) {
      if (!this.isFaulty) log.warn({ err: error }, 'runs could not be counted for dashboards; it is tried again');
      this.isFaulty = true;
      return faultMs;
    }
  }
}

import type { Clock, RollupStore } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { BackgroundWork } from '../common/background/background-work.js';
import type { Log } from '../common/log.js';
import { pause } from '../common/pause.js';

/** What the worker needs. */
interface RollupSources {
  readonly rollups: Pick<RollupStore, 'step' | 'prune'>;
  readonly clock: Clock & { readonly isTrusted: boolean };
  readonly log: Log;
}

/** Runs and calls of one step: about three milliseconds of the event loop. */
const atOnce = 100;
/** Between two checks: figures are this far behind, and a little more under load. */
const everyMs = 2_000;
/** Between two steps of what ended before the upgrade: nobody waits for it. */
const backlogMs = 20;
/** After a fault of the store, such as a full disk. */
const faultMs = 5_000;

/**
 * Counts runs that ended, in the background and in small steps. What is left when the process ends is counted by the next one.
 *
 * Old sums are removed only while the clock is trusted: a year that is set by mistake removes nothing.
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

  /** Counts what waits, where nothing works in the background: a command without a server. */
  async refresh(): Promise<void> {
    if (!this.background.isStarted) await this.catchUp();
  }

  /** Counts all that waits. */
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

  /** Does a step, and gives how long to wait for the next one. */
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

import { HeddleError, type AbStore, type Clock } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { BackgroundWork } from '../../common/background/background-work.js';
import type { Log } from '../../common/log.js';
import { pause } from '../../common/pause.js';

interface AbSources {
  readonly store: Pick<AbStore, 'running' | 'step'>;
  readonly judge: (testId: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How many runs one step counts: a few milliseconds of the event loop. */
const atOnce = 50;
/** The wait between two checks for new runs. Many runs per second share one judgement. */
const everyMs = 500;

/**
 * Counts the runs of A/B tests in the background, and judges each test whose figures changed. If the process ends, the next one counts the
 * rest, and judges all running tests when it starts.
 */
export class AbWorker {
  private readonly background = new BackgroundWork();

  constructor(private readonly sources: AbSources) {}

  start(): void {
    this.background.start((signal) => this.work(signal));
  }

  /** Stops counting after the current step. */
  stop(): Promise<void> {
    return this.background.stop();
  }

  /** Counts all runs that wait, and judges their tests. */
  async catchUp(): Promise<void> {
    const { store, judge, log } = this.sources;
    const changed = new Set<string>();
    try {
      while (!this.background.signal.aborted) {
        const { changed: found, isDone } = await store.step(atOnce);
        for (const id of found) changed.add(id);
        if (isDone) break;
        await yieldToEventLoop();
      }
    } catch (err) {
      log.warn({ err }, 'runs of A/B tests could not be counted; it is tried again');
    }
    for (const id of changed) await this.judge(id, judge);
  }

  private async work(signal: AbortSignal): Promise<void> {
    const { store, judge, clock } = this.sources;
    for (const { id } of await store.running()) await this.judge(id, judge);
    while (!signal.aborted) {
      await this.catchUp();
      await pause(clock, everyMs, signal);
    }
  }

  private async judge(id: string, judge: AbSources['judge']): Promise<void> {
    try {
      await judge(id);
    } catch (err) {
      // Someone changed the test meanwhile. It is judged again after its next run.
      if (err instanceof HeddleError && err.code === 'conflict') return;
      this.sources.log.error({ err, test: id }, 'an A/B test could not be judged');
    }
  }
}

import { HeddleError, type AbStore, type Clock } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { BackgroundWork } from '../../common/background/background-work.js';
import type { Log } from '../../common/log.js';
import { pause } from '../../common/pause.js';

/** What the worker needs. */
interface AbSources {
  readonly store: Pick<AbStore, 'running' | 'step'>;
  readonly judge: (testId: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs of one step: a few milliseconds of the event loop. */
const atOnce = 50;
/** Between two looks at what waits: many runs a second share a judgement. */
const everyMs = 500;

/**
 * Counts the runs of tests behind the runs, and judges each test that changed. What is left when the process ends is counted by the next one, which
 * judges all running tests at its start.
 */
export class AbWorker {
  private readonly background = new BackgroundWork();

  constructor(private readonly sources: AbSources) {}

  start(): void {
    this.background.start((signal) => this.work(signal));
  }

  /** Stops counting, after the step that runs now. */
  stop(): Promise<void> {
    return this.background.stop();
  }

  /** Counts and judges all that waits. */
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
      // Somebody changed the test meanwhile: it is judged again with its next run.
      if (err instanceof HeddleError && err.code === 'conflict') return;
      this.sources.log.error({ err, test: id }, 'an A/B test could not be judged');
    }
  }
}

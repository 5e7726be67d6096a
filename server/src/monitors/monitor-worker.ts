import { HeddleError, toHeddleError, type Audit, type StoredMonitor, type Tables } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { BackgroundWork } from '../common/background/background-work.js';
import type { Log } from '../common/log.js';
import { pause } from '../common/pause.js';
import { dayOf, judgeRun, type JudgeSources } from './judge-run.js';
import { watchDrift } from './watch-drift.js';

interface MonitorWorkerSources extends JudgeSources {
  readonly audit: Pick<Audit, 'commit'>;
  readonly tables: Pick<Tables, 'commit'>;
  readonly log: Log;
  /** Called after a drift comparison, with the compared runs. */
  readonly onCompared?: (monitor: string, runs: readonly string[]) => Promise<void>;
}

/** How many runs one step takes off the queue: a few milliseconds of the event loop. */
const atOnce = 100;
const everyMs = 2_000;
/** The wait after a fault of the store, such as a full disk. */
const faultMs = 5_000;
/** How many monitors judge at the same time. Each judges one run at a time, so that it keeps its budget. */
const mostAtWork = 4;
/** How many runs a monitor judges before other waiting monitors get a chance. */
const judgedAtOnce = 20;

/**
 * Takes finished runs into the samples of monitors, and has them judged in the background. If the process ends, the next one judges the
 * rest: a run leaves the sample in the commit that stores its scores.
 */
export class MonitorWorker {
  private readonly background = new BackgroundWork();
  private readonly atWork = new Map<string, Promise<void>>();
  /** When each monitor last began to judge, as a sequence number. The one with the lowest is next. */
  private readonly begun = new Map<string, number>();
  private beginnings = 0;
  private isFaulty = false;

  constructor(private readonly sources: MonitorWorkerSources) {}

  start(): void {
    this.background.start((signal) => this.work(signal));
  }

  async stop(): Promise<void> {
    await this.background.stop(new HeddleError('shutting_down', 'Heddle stops.'));
    await Promise.all(this.atWork.values());
  }

  /** Takes and judges all runs that wait. */
  async catchUp(): Promise<void> {
    await this.takeAll();
    for (const { id } of await this.sources.monitors.list()) {
      while (await this.judgeNext(id));
      await this.watch(id);
    }
  }

  private async work(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.sources;
    while (!signal.aborted) {
      let wait = everyMs;
      try {
        await this.takeAll();
        await this.beginJudging();
        for (const { id } of await this.sources.monitors.list()) if (!signal.aborted) await this.watch(id);
        this.isFaulty = false;
      } catch (err) {
        if (!this.isFaulty) log.warn({ err }, 'runs could not be taken for monitors; it is tried again');
        this.isFaulty = true;
        wait = faultMs;
      }
      await pause(clock, wait, signal);
    }
  }

  private async takeAll(): Promise<void> {
    const { monitors, clock } = this.sources;
    while (!this.background.signal.aborted && (await monitors.take(atOnce, dayOf(clock))) > 0) await yieldToEventLoop();
  }

  private async watch(id: string): Promise<void> {
    try {
      const runs = await watchDrift(id, this.sources);
      if (runs !== undefined) await this.sources.onCompared?.(id, runs);
    } catch (thrown) {
      if (toHeddleError(thrown).code !== 'monitor_not_found') throw thrown;
    }
  }

  private async beginJudging(): Promise<void> {
    const known = await this.sources.monitors.list();
    const waiting = known
      .filter(({ id, isPaused }) => !isPaused && !this.atWork.has(id))
      .sort((a, b) => (this.begun.get(a.id) ?? 0) - (this.begun.get(b.id) ?? 0));
    for (const { id } of waiting) {
      if (this.atWork.size >= mostAtWork) return;
      this.begun.set(id, ++this.beginnings);
      const doing = this.judgeSome(id).finally(() => this.atWork.delete(id));
      this.atWork.set(id, doing);
    }
  }

  private async judgeSome(id: string): Promise<void> {
    try {
      for (let judged = 0; judged < judgedAtOnce && (await this.judgeNext(id)); judged += 1) await yieldToEventLoop();
    } catch (err) {
      if (!this.background.signal.aborted)
        this.sources.log.warn({ err, monitor: id }, 'a run could not be judged; it is tried again');
    }
  }

  /** Judges the next run of a monitor. Returns false if there is none, or if the monitor was removed or paused. */
  private async judgeNext(id: string): Promise<boolean> {
    const { monitors, clock } = this.sources;
    const { signal } = this.background;
    if (signal.aborted) return false;
    const monitor = (await monitors.list()).find((one) => one.id === id);
    if (monitor === undefined || monitor.isPaused) return false;
    const run = await monitors.next(id, dayOf(clock));
    if (run === undefined) return false;
    try {
      await monitors.finish(run, await judgeRun(monitor, run, this.sources, signal));
      return true;
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (signal.aborted || error.code !== 'forbidden') throw thrown;
      await this.pauseFor(monitor, error);
      return false;
    }
  }

  /** Pauses a monitor whose owner has lost the rights. Its waiting runs are judged after another person saves the monitor. */
  private async pauseFor({ id, setup, project }: StoredMonitor, { code, message }: HeddleError): Promise<void> {
    const { monitors, audit } = this.sources;
    const details = { step: 'monitor paused', workflow: setup.workflow, code, reason: message } as const;
    const event = { kind: 'setting', who: 'heddle', project, subject: `monitor:${id}`, details } as const;
    await audit.commit(event, monitors.write.setPaused(id, true, message));
  }
}

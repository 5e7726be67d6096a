import { HeddleError, momentsSource, type Clock, type SourceRecord, type SourceStore } from '@heddle/core';
import { atOrAfter } from '../channels/at-or-after.js';
import { cronTimes } from '../channels/schedules/cron-times.js';
import { dueTimes } from '../channels/schedules/due-times.js';
import type { Log } from '../common/log.js';
import type { SourceService } from './source.service.js';

/** The wait before a look at the sources that failed is repeated. */
const againMs = 15_000;
/** The longest wait, by a steady clock, so that a clock that was wrong for a while is noticed. */
const longestSleepMs = 300_000;
/** A last time so far ahead comes from a wrong clock: times count from now. */
const aheadMs = 3_600_000;

/** Syncs sources at the times of their schedules. Missed times are made up for by one sync. */
export class SourceScheduler {
  private working: Promise<void> = Promise.resolve();
  private stopTimer: (() => void) | undefined;
  private isStarted = false;

  constructor(
    private readonly sources: SourceService,
    private readonly store: SourceStore,
    private readonly clock: Clock,
    private readonly log: Log,
    /** Nothing new happens in a project that is archived. */
    private readonly isArchived: (project: string) => Promise<boolean>,
  ) {
    sources.onChange = () => this.check();
  }

  /** Only a server syncs sources by itself. */
  start(): void {
    this.isStarted = true;
    void this.sources.resume().catch((err: unknown) => this.log.error({ err }, 'removals of sources wait'));
    this.check();
  }

  async stop(): Promise<void> {
    this.isStarted = false;
    this.stopTimer?.();
    await this.working;
  }

  /** Checks the sources now; one check at a time. */
  check(): void {
    if (!this.isStarted) return;
    this.working = this.working
      .then(() => this.tick())
      .catch((err: unknown) => {
        this.log.error({ err }, 'sources could not be looked at');
        this.sleepUntil(this.now() + againMs);
      });
  }

  /** Resolves when the requested checks are over; for tests. */
  get idle(): Promise<void> {
    return this.working;
  }

  private now(): number {
    return momentsSource(this.clock).now();
  }

  private sleepUntil(time: number): void {
    this.stopTimer?.();
    if (this.isStarted) this.stopTimer = atOrAfter(this.clock, time, longestSleepMs, () => this.check());
  }

  private async tick(): Promise<void> {
    let next = Infinity;
    for (const record of await this.store.list()) {
      const { isPaused, isRemoving, project } = record.source;
      if (isPaused || isRemoving || (await this.isArchived(project))) continue;
      if (!this.isStarted) return;
      next = Math.min(next, await this.run(record));
    }
    this.sleepUntil(next);
  }

  /** Syncs a source that is due, and gives the time of its next check. */
  private async run(record: SourceRecord): Promise<number> {
    const { source, firedAt } = record;
    if (source.schedule === undefined) return Infinity;
    const now = this.now();
    try {
      const times = await cronTimes(source.schedule);
      const last = firedAt ?? source.createdAt;
      const since = last > now + aheadMs ? now : last;
      const { due, passed } = dueTimes(times, { catchUp: 'one', catchUpLimit: 1 }, since, now);
      if (due.length > 0 && passed !== undefined) await this.sources.syncAtTime(record, passed);
      else if (passed !== undefined) await this.store.fired(source, { from: firedAt, to: passed });
      return times.after(now, 1)[0] ?? Infinity;
    } catch (error) {
      const { id, collection } = source;
      this.log.warn({ collection, source: id, err: error }, 'a source could not be synced at its time');
      return error instanceof HeddleError && !error.retryable ? Infinity : now + againMs;
    }
  }
}

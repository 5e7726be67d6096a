import { HeddleError, type Clock, type SourceRecord, type SourceStore } from '@heddle/core';
import { cronTimes } from '../channels/schedules/cron-times.js';
import { dueTimes } from '../channels/schedules/due-times.js';
import { DueChecks } from '../common/background/due-checks.js';
import type { Log } from '../common/log.js';
import type { SourceService } from './source.service.js';

/** The wait before a sync that failed is tried again. */
const againMs = 15_000;
/** A last time so far ahead comes from a wrong clock: times count from now. */
const aheadMs = 3_600_000;

/** Syncs sources at the times of their schedules. Missed times are made up for by one sync. */
export class SourceScheduler {
  private readonly checks: DueChecks;

  constructor(
    private readonly sources: SourceService,
    private readonly store: SourceStore,
    clock: Clock,
    private readonly log: Log,
    /** Nothing new happens in a project that is archived. */
    private readonly isArchived: (project: string) => Promise<boolean>,
  ) {
    const onError = (err: unknown): void => log.error({ err }, 'sources could not be looked at');
    this.checks = new DueChecks({ clock, check: () => this.tick(), onError });
    sources.onChange = () => this.check();
  }

  /** Only a server syncs sources by itself. */
  start(): void {
    void this.sources.resume().catch((err: unknown) => this.log.error({ err }, 'removals of sources wait'));
    this.checks.start();
  }

  stop(): Promise<void> {
    return this.checks.stop();
  }

  /** Checks the sources now; one check at a time. */
  check(): void {
    this.checks.request();
  }

  /** Resolves when the requested checks are over; for tests. */
  get idle(): Promise<void> {
    return this.checks.idle;
  }

  private async tick(): Promise<number> {
    let next = Infinity;
    for (const record of await this.store.list()) {
      const { isPaused, isRemoving, project } = record.source;
      if (isPaused || isRemoving || (await this.isArchived(project))) continue;
      if (!this.checks.isStarted) return next;
      next = Math.min(next, await this.run(record));
    }
    return next;
  }

  /** Syncs a source that is due, and gives the time of its next check. */
  private async run(record: SourceRecord): Promise<number> {
    const { source, firedAt } = record;
    if (source.schedule === undefined) return Infinity;
    const now = this.checks.now();
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

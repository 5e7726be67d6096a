import { HeddleError, type Clock, type SourceRecord, type SourceStore } from '@heddle/core';
import { cronTimes } from '../channels/schedules/cron-times.js';
import { dueTimes } from '../channels/schedules/due-times.js';
import { DueChecks } from '../common/background/due-checks.js';
import type { Log } from '../common/log.js';
import type { SourceService } from './source.service.js';

/** Milliseconds before a failed sync is tried again. */
const againMs = 15_000;
/** If the last sync is more than this far in the future, it was stored with a wrong clock, and the schedule counts from now. */
const aheadMs = 3_600_000;

/** Syncs sources at the times of their schedules. If several times were missed, syncs once. */
export class SourceScheduler {
  private readonly checks: DueChecks;

  constructor(
    private readonly sources: SourceService,
    private readonly store: SourceStore,
    clock: Clock,
    private readonly log: Log,
    /** Sources of archived projects are not synced. */
    private readonly isArchived: (project: string) => Promise<boolean>,
  ) {
    const onError = (err: unknown): void => log.error({ err }, 'sources could not be looked at');
    this.checks = new DueChecks({ clock, check: () => this.tick(), onError });
    sources.onChange = () => this.check();
  }

  /** Starts scheduled syncs; only a server calls this. */
  start(): void {
    void this.sources.resume().catch((err: unknown) => this.log.error({ err }, 'removals of sources wait'));
    this.checks.start();
  }

  stop(): Promise<void> {
    return this.checks.stop();
  }

  /** Requests a check of all sources. Only one check runs at a time. */
  check(): void {
    this.checks.request();
  }

  /** Resolves when the requested checks are done; for tests. */
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

  /** Syncs a source if it is due, and returns the time of its next check. */
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

import type { MarkedLimit, RetentionClass, RetentionLimits } from '@heddle/adapters/stores';
import {
  toErrorValue,
  type Conversations,
  type ErrorValue,
  type FactStore,
  type OwnedRun,
  type ProjectRetentionRule,
  type RetentionReply,
  type RetentionRules,
  type SweptAmong,
} from '@heddle/core';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContentKeeper } from '../audit/content-keeper.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { Log } from '../common/log.js';
import type { TopicHub } from '../live/topic-hub.js';
import { notifyRemovedRuns } from '../live/notify-removed.js';
import { settingsTable, type Settings } from '../settings/settings-table.js';
import type { Storage } from './storage.js';

const day = 86_400_000;
const minute = 60_000;
/** Milliseconds between two steps, for other work. */
const pauseMs = 5;

/**
 * The number of removed runs that one message announces. Removing thousands of runs must cause neither very many messages nor a very large
 * one.
 */
const announcedAtOnce = 200;
/** The number of conversations or facts that one step erases. */
const rowsAtOnce = 20;

type Removed = Partial<Record<RetentionClass | 'files' | 'contents' | 'conversations' | 'facts', number>>;

/** The rule of a project, or the setting, which applies to all projects. */
type KeptFor = ProjectRetentionRule | { readonly days: number };

/** The name under which the limit of a class is marked. */
const nameOfClass = (among: SweptAmong | undefined): string =>
  among === undefined ? 'conversations' : `conversations ${among.project} ${among.subjects ?? 'all'} ${among.level}`;

/**
 * Deletes data whose retention has ended, class by class, in small steps beside the runs.
 *
 * Deletes nothing while the wall clock is in doubt, and nothing that was not marked a day before, so a year that is set by mistake deletes
 * nothing.
 */
export class RetentionSweeper {
  private stopTimer: (() => void) | undefined;
  private isStopped = false;
  /** Aborts steps that read the whole database. */
  private stopping = new AbortController();
  private working: Promise<void> = Promise.resolve();
  private last: NonNullable<RetentionReply['lastSweep']> | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly clock: TrustedClock,
    private readonly log: Log,
    private readonly settings: Settings,
    /** Notifies watchers of lists of removed runs. */
    private readonly topics: Pick<TopicHub, 'changed'>,
    private readonly conversations?: Pick<Conversations, 'sweep' | 'forgetErased'>,
    private readonly contents?: Pick<ContentKeeper, 'sweep'>,
    private readonly facts?: Pick<FactStore, 'sweep' | 'sweepExpired' | 'forgetErased'>,
    /** The rules of projects, which can only shorten the retention that the settings define. */
    private readonly rules: Pick<RetentionRules, 'list'> = { list: () => Promise.resolve([]) },
  ) {}

  /** Sweeps a minute after the start (sooner if the interval is shorter), and then at the interval of the settings. */
  start(): void {
    const { sweepMinutes } = this.settings;
    this.isStopped = false;
    this.stopping = new AbortController();
    if (sweepMinutes > 0) this.arm(Math.min(1, sweepMinutes) * minute);
  }

  /** Stops sweeping; resolves when nothing is being deleted any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopping.abort();
    this.stopTimer?.();
    await this.working;
  }

  /** Describes the classes with their settings, and the result of the last sweep. */
  describe(): RetentionReply {
    const { keepValuesDays, keepRunsDays, keepJobsDays, keepFilesDays, keepContent, keepConversationsDays } =
      this.settings;
    const days = (name: string, setting: string, keep: number) => ({
      name,
      setting,
      ...(keep === 0 ? {} : { days: keep }),
    });
    return {
      classes: [
        { name: 'streams', days: 0 },
        days('values', settingsTable.keepValuesDays.name, keepValuesDays),
        days('runs', settingsTable.keepRunsDays.name, keepRunsDays),
        days('jobs', settingsTable.keepJobsDays.name, keepJobsDays),
        days('files', settingsTable.keepFilesDays.name, keepFilesDays),
        days('conversations', settingsTable.keepConversationsDays.name, keepConversationsDays),
        ...Object.entries(keepContent).map(([level, kept]) => ({
          name: `contents, ${level}`,
          setting: settingsTable.keepContent.name,
          days: kept,
        })),
      ],
      lastSweep: this.last,
    };
  }

  async sweep(): Promise<void> {
    const { clock, log, storage, settings } = this;
    const at = clock.now();
    const start = clock.steady.now();
    if (!clock.isTrusted) {
      this.last = { at, ms: 0, removed: {}, skipped: 'clock' };
      log.warn({}, 'the clock is in doubt: nothing is removed');
      return;
    }
    const begun = clock.trusted.now();
    const removed: Removed = {};
    let error: ErrorValue | undefined;
    try {
      await this.removeRows(await this.limits(begun), begun, removed);
      await this.removeContents(begun, removed);
      await this.removeConversations(begun, removed);
      await storage.removeExpiredFiles?.(begun);
      const limit = await this.marked('files', settings.keepFilesDays, begun);
      if (limit !== undefined && !this.isStopped) {
        const { files } = await storage.sweepFiles(limit.before, this.stopping.signal);
        if (files > 0) removed.files = files;
      }
    } catch (thrown) {
      if (this.isStopped && this.stopping.signal.reason === thrown) return;
      error = toErrorValue(thrown, 'internal');
      log.warn({ err: thrown }, 'what was kept long enough could not be removed; it is tried again later');
    }
    this.last = { at, ms: clock.steady.now() - start, removed, error };
  }

  private async removeRows(limits: RetentionLimits, now: number, removed: Removed): Promise<void> {
    let unpublished: readonly OwnedRun[] = [];
    const notify = (atLeast: number): void => {
      for (; unpublished.length >= atLeast; unpublished = unpublished.slice(announcedAtOnce))
        notifyRemovedRuns(this.topics, unpublished.slice(0, announcedAtOnce));
    };
    try {
      while (!this.isStopped) {
        const step = await this.storage.step(limits, now);
        for (const [name, count] of Object.entries(step.removed) as [RetentionClass, number][])
          removed[name] = (removed[name] ?? 0) + count;
        unpublished = [...unpublished, ...(step.runs ?? [])];
        notify(announcedAtOnce);
        if (step.isDone) return;
        await pause(pauseMs);
      }
    } finally {
      notify(1);
    }
  }

  private async removeContents(now: number, removed: Removed): Promise<void> {
    const limits = new Map<string, number>();
    for (const [level, days] of Object.entries(this.settings.keepContent)) {
      const limit = await this.storage.mark(`contents, ${level}`, now - days * day, now);
      if (limit !== undefined) limits.set(level, limit.before);
    }
    while (!this.isStopped) {
      const count = (await this.contents?.sweep(limits)) ?? 0;
      if (count === 0) return;
      removed.contents = (removed.contents ?? 0) + count;
      await pause(pauseMs);
    }
  }

  /** Deletes conversations and facts that nobody has written to for the days of the setting, or of the shorter rule of a project. */
  private async removeConversations(now: number, removed: Removed): Promise<void> {
    const { conversations, facts, settings, rules } = this;
    const kept: readonly KeptFor[] = [{ days: settings.keepConversationsDays }, ...(await rules.list())];
    for (const { days, ...among } of kept) {
      const some = 'project' in among ? among : undefined;
      const limit = await this.marked(nameOfClass(some), days, now);
      if (limit === undefined) continue;
      await this.removeAll('conversations', removed, () => conversations?.sweep(limit.before, rowsAtOnce, some));
      await this.removeAll('facts', removed, () => facts?.sweep(limit.before, rowsAtOnce, some));
    }
    // Facts with an end need no mark, because their writer chose the end.
    await this.removeAll('facts', removed, () => facts?.sweepExpired(rowsAtOnce));
    if (removed.conversations !== undefined || removed.facts !== undefined)
      await (conversations ?? facts)?.forgetErased();
  }

  private async removeAll(
    name: 'conversations' | 'facts',
    removed: Removed,
    step: () => number | undefined | Promise<number>,
  ): Promise<void> {
    while (!this.isStopped) {
      const count = (await step()) ?? 0;
      if (count === 0) return;
      removed[name] = (removed[name] ?? 0) + count;
      await pause(pauseMs);
    }
  }

  private async limits(now: number): Promise<RetentionLimits> {
    const { keepValuesDays, keepRunsDays, keepJobsDays } = this.settings;
    const values = await this.marked('values', keepValuesDays, now);
    const runs = await this.marked('runs', keepRunsDays, now);
    const jobs = await this.marked('jobs', keepJobsDays, now);
    return {
      values: values?.before,
      runs: runs?.before,
      jobs: jobs?.before,
      newest: Math.min(values?.newest ?? Infinity, runs?.newest ?? Infinity, Number.MAX_SAFE_INTEGER),
    };
  }

  /**
   * Gives what of a class with this number of days may be deleted now; undefined if the class is kept for ever or was not marked long
   * enough ago.
   */
  private marked(name: string, days: number, now: number): Promise<MarkedLimit | undefined> {
    return days === 0 ? Promise.resolve(undefined) : this.storage.mark(name, now - days * day, now);
  }

  private arm(wait: number): void {
    if (this.isStopped) return;
    const time = this.clock.steady;
    this.stopTimer = time.at(time.now() + wait, () => {
      this.working = this.sweep().finally(() => this.arm(this.settings.sweepMinutes * minute));
    });
  }
}

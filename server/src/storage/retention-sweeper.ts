import type { RetentionClass, RetentionLimits } from '@heddle/adapters/journal';
import {
  steadyFace,
  toErrorValue,
  type Clock,
  type Conversations,
  type ErrorValue,
  type OwnedRun,
  type RetentionReply,
} from '@heddle/core';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContentKeeper } from '../audit/content-keeper.js';
import type { Log } from '../heddle/log.js';
import type { TopicHub } from '../live/topic-hub.js';
import { tellRemoved } from '../runs/tell-removed.js';
import { settingsTable, type Settings } from '../settings/settings-table.js';
import type { Storage } from './storage.js';

export interface SweeperParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  /** Those who look at lists of runs hear which were removed. */
  readonly topics: Pick<TopicHub, 'changed'>;
  /** Stored conversations; left out where none are kept. */
  readonly conversations?: Pick<Conversations, 'sweep' | 'forgetErased'>;
  /** Contents of the audit record; left out where none are kept. */
  readonly contents?: Pick<ContentKeeper, 'sweep'>;
  /** Milliseconds that only go forward; the clock of the wall may jump. */
  readonly monotonic?: () => number;
}

const day = 86_400_000;
const minute = 60_000;
/** A wall clock that goes this much faster or slower than time itself was set by somebody. */
const jump = 60 * minute;
/** Others on the event loop have their turn between two steps. */
const pauseMs = 5;

/** Runs that are told of together: their removal takes a second or more, so that thousands become neither a flood of messages nor a large one. */
const toldAtOnce = 200;
const conversationsAtOnce = 20;

type Removed = Partial<Record<RetentionClass | 'files' | 'contents' | 'conversations', number>>;

/**
 * Removes what has been kept for long enough, class by class, in small steps at the side of the runs.
 *
 * After a jump of the clock it waits for a day: a year that is set by mistake must not remove everything.
 */
export class RetentionSweeper {
  private stopTimer: (() => void) | undefined;
  private isStopped = false;
  private working: Promise<void> = Promise.resolve();
  private last: NonNullable<RetentionReply['lastSweep']> | undefined;
  private distrustUntil = 0;
  private seen: { readonly wall: number; readonly true: number };

  constructor(private readonly parts: SweeperParts) {
    this.seen = { wall: parts.clock.now(), true: this.monotonic() };
  }

  /** Sweeps a minute after the start, and then at the pace of the settings. */
  start(): void {
    if (this.parts.settings.sweepMinutes > 0) this.arm(minute);
  }

  /** Resolves when nothing is being removed any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopTimer?.();
    await this.working;
  }

  /** The classes with their settings, and what the last sweep did. */
  describe(): RetentionReply {
    const { keepValuesDays, keepRunsDays, keepJobsDays, keepFilesDays, keepContent, keepConversationsDays } =
      this.parts.settings;
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
      ...(this.last === undefined ? {} : { lastSweep: this.last }),
    };
  }

  /** Sweeps once, now. */
  async sweep(): Promise<void> {
    const { clock, log, storage, settings } = this.parts;
    const begun = clock.now();
    const start = this.monotonic();
    if (!this.trusts(begun, start)) {
      this.last = { at: begun, ms: 0, removed: {}, skipped: 'clock' };
      log.warn({}, 'the clock was set: nothing is removed for a day');
      return;
    }
    const removed: Removed = {};
    let error: ErrorValue | undefined;
    try {
      await this.removeRows(this.limits(begun), begun, removed);
      await this.removeContents(begun, removed);
      await this.removeConversations(begun, removed);
      if (settings.keepFilesDays > 0 && !this.isStopped) {
        const { files } = await storage.sweepFiles(begun - settings.keepFilesDays * day);
        if (files > 0) removed.files = files;
      }
    } catch (thrown) {
      error = toErrorValue(thrown, 'internal');
      log.warn({ err: thrown }, 'what was kept long enough could not be removed; it is tried again later');
    }
    this.last = { at: begun, ms: this.monotonic() - start, removed, ...(error === undefined ? {} : { error }) };
  }

  private async removeRows(limits: RetentionLimits, now: number, removed: Removed): Promise<void> {
    let untold: readonly OwnedRun[] = [];
    const tell = (atLeast: number): void => {
      for (; untold.length >= atLeast; untold = untold.slice(toldAtOnce))
        tellRemoved(this.parts.topics, untold.slice(0, toldAtOnce));
    };
    try {
      while (!this.isStopped) {
        const step = this.parts.storage.step(limits, now);
        for (const [name, count] of Object.entries(step.removed) as [RetentionClass, number][])
          removed[name] = (removed[name] ?? 0) + count;
        untold = [...untold, ...(step.runs ?? [])];
        tell(toldAtOnce);
        if (step.isDone) return;
        await pause(pauseMs);
      }
    } finally {
      tell(1);
    }
  }

  private async removeContents(now: number, removed: Removed): Promise<void> {
    while (!this.isStopped) {
      const count = this.parts.contents?.sweep(now) ?? 0;
      if (count === 0) return;
      removed.contents = (removed.contents ?? 0) + count;
      await pause(pauseMs);
    }
  }

  private async removeConversations(now: number, removed: Removed): Promise<void> {
    const { conversations, settings } = this.parts;
    if (conversations === undefined || settings.keepConversationsDays === 0) return;
    const before = now - settings.keepConversationsDays * day;
    while (!this.isStopped) {
      const count = conversations.sweep(before, conversationsAtOnce);
      if (count === 0) break;
      removed.conversations = (removed.conversations ?? 0) + count;
      await pause(pauseMs);
    }
    if (removed.conversations !== undefined) conversations.forgetErased();
  }

  private limits(now: number): RetentionLimits {
    const { keepValuesDays, keepRunsDays, keepJobsDays } = this.parts.settings;
    const before = (days: number): number => now - days * day;
    return {
      ...(keepValuesDays === 0 ? {} : { values: before(keepValuesDays) }),
      ...(keepRunsDays === 0 ? {} : { runs: before(keepRunsDays) }),
      ...(keepJobsDays === 0 ? {} : { jobs: before(keepJobsDays) }),
    };
  }

  private trusts(wall: number, time: number): boolean {
    const drift = Math.abs(wall - this.seen.wall - (time - this.seen.true));
    this.seen = { wall, true: time };
    if (drift > jump) this.distrustUntil = time + day;
    return time >= this.distrustUntil;
  }

  private monotonic(): number {
    return this.parts.monotonic?.() ?? performance.now();
  }

  private arm(wait: number): void {
    if (this.isStopped) return;
    const time = steadyFace(this.parts.clock);
    this.stopTimer = time.at(time.now() + wait, () => {
      this.working = this.sweep().finally(() => this.arm(this.parts.settings.sweepMinutes * minute));
    });
  }
}

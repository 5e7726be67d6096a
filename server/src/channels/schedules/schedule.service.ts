import {
  newId,
  nowScope,
  scheduleScope,
  type ArrivalStore,
  type ChannelStore,
  type StoredChannel,
} from '@heddle/adapters/channels';
import {
  fillTemplate,
  HeddleError,
  momentsSource,
  ScheduleConfig,
  toHeddleError,
  type Arrival,
  type Clock,
  type Principal,
  type SchedulePreview,
  type ScheduleReply,
} from '@heddle/core';
import type { Log } from '../../common/log.js';
import type { PublishedRuns } from '../../publishing/published-runs.js';
import { atOrAfter } from '../at-or-after.js';
import type { ChannelService } from '../channel.service.js';
import { checkFit, checkTemplate, fitOfTime, problemsOf, type Fit } from '../fit-inputs.js';
import type { TellTriggers } from '../tell-triggers.js';
import { cronTimes } from './cron-times.js';
import { readSchedule } from './cron-words.js';
import { dueTimes } from './due-times.js';

export interface ScheduleParts {
  readonly channels: ChannelService;
  readonly store: ChannelStore;
  readonly arrivals: ArrivalStore;
  readonly tell: TellTriggers;
  readonly runs: PublishedRuns;
  readonly clock: Clock;
  readonly log: Log;
  readonly maxInputBytes: number;
}

/** After what may pass (busy, a kill switch, a fault of the store) it is tried again. */
const againMs = 15_000;
/** It looks again after this long at the latest, by a clock that nobody sets: so one that was set wrong for a while is noticed. */
const longestSleepMs = 300_000;
/** A last time so far ahead was made by a clock that was set wrong: times count from now. Less ahead, none runs twice. */
const aheadMs = 3_600_000;

/** Schedules: each time begins one run at most, whatever dies when (the time is in the commit of its run). */
export class ScheduleService {
  private readonly errors = new Map<string, string>();
  private working: Promise<void> = Promise.resolve();
  private stopTimer: (() => void) | undefined;
  private isStarted = false;

  constructor(private readonly parts: ScheduleParts) {}

  async list(workflow: string): Promise<readonly ScheduleReply[]> {
    const channels = await this.parts.channels.list('schedule', workflow);
    return Promise.all(channels.map((channel) => this.replyOf(channel)));
  }

  /** Errors: `schedule_invalid`, `workflow_not_found`, `template_invalid`, `forbidden`, `input_*`. */
  async create(workflow: string, config: ScheduleConfig, caller: Principal): Promise<ScheduleReply> {
    await cronTimes(config);
    await this.checkConfig(workflow, config, caller);
    const channel = await this.parts.channels.create('schedule', workflow, config, caller);
    this.look();
    return this.replyOf(channel);
  }

  /**
   * What lies behind is not caught up with: a pause or another time counts from now. One that is paused may be as it is: its inputs
   * are looked at once it goes on. Errors: as `create`, `trigger_not_found`.
   */
  async change(workflow: string, id: string, config: ScheduleConfig, caller: Principal): Promise<ScheduleReply> {
    const { channels } = this.parts;
    await cronTimes(config);
    if (!config.isPaused)
      await this.checkConfig(workflow, config, channels.ownerOf(await channels.get('schedule', workflow, id)));
    const channel = await channels.change('schedule', workflow, id, config, caller);
    this.parts.store.skipTo(id, this.now());
    this.errors.delete(id);
    this.look();
    return this.replyOf(channel);
  }

  async remove(workflow: string, id: string, caller: Principal): Promise<void> {
    await this.parts.channels.remove('schedule', workflow, id, caller);
    this.errors.delete(id);
  }

  /** When it would run. Errors: `schedule_invalid`. */
  preview(config: Pick<ScheduleConfig, 'cron' | 'timeZone'>): Promise<SchedulePreview> {
    return readSchedule(config, this.parts.clock.now());
  }

  /** What it began, newest first. Errors: `trigger_not_found`. */
  async history(workflow: string, id: string, limit: number): Promise<readonly Arrival[]> {
    await this.parts.channels.get('schedule', workflow, id);
    return this.parts.arrivals.list(id, limit);
  }

  /** A run beside its times, with the rights of who asks for it. Errors: as those of a start, `trigger_not_found`. */
  async runNow(workflow: string, id: string, principal: Principal): Promise<{ readonly runId: string }> {
    const { channels, runs, clock, tell } = this.parts;
    const channel = await channels.get('schedule', workflow, id);
    const inputs = inputsAt(ScheduleConfig.parse(channel.body), clock.now());
    const named = { idempotencyKey: newId('n'), idempotencyScope: nowScope(id) };
    const start = { slug: channel.workflowId, inputs, principal, ...asSchedule(id) };
    const { runId } = await runs.start({ ...start, ...named });
    tell.channel(channel.workflowId, id);
    return { runId };
  }

  /** Begins to run what is due, and what was missed as each schedule says. */
  start(): void {
    this.isStarted = true;
    this.look();
  }

  async stop(): Promise<void> {
    this.isStarted = false;
    this.stopTimer?.();
    await this.working;
  }

  /** Looks now; one look at a time. */
  look(): void {
    if (!this.isStarted) return;
    this.working = this.working
      .then(() => this.tick())
      .catch((err: unknown) => {
        this.parts.log.error({ err }, 'schedules could not be looked at');
        this.sleepUntil(this.now() + againMs);
      });
  }

  /** Resolves when what was asked for has been looked at: for tests. */
  get idle(): Promise<void> {
    return this.working;
  }

  private async tick(): Promise<void> {
    this.stopTimer?.();
    const { store } = this.parts;
    let next = Infinity;
    for (const channel of store.list('schedule')) {
      if (!this.isStarted) return;
      const config = ScheduleConfig.parse(channel.body);
      if (config.isPaused) continue;
      next = Math.min(next, await this.run(channel, config));
    }
    this.sleepUntil(next);
  }

  /** Times fall due by it: a clock that is set ahead by more than a day begins no storm of runs. */
  private now(): number {
    return momentsSource(this.parts.clock).now();
  }

  private sleepUntil(time: number): void {
    if (this.isStarted) this.stopTimer = atOrAfter(this.parts.clock, time, longestSleepMs, () => this.look());
  }

  /** Runs what is due of a schedule and gives when to look at it again. */
  private async run(channel: StoredChannel, config: ScheduleConfig): Promise<number> {
    const { store, log } = this.parts;
    const now = this.now();
    let at = now;
    try {
      const times = await cronTimes(config);
      const last = channel.firedAt ?? channel.createdAt;
      if (last > now + aheadMs) {
        log.warn(
          { schedule: channel.id, last, now },
          'the clock was set back: the times of the schedule count from now',
        );
        store.skipTo(channel.id, now);
      }
      const { due, passed } = dueTimes(times, config, last > now + aheadMs ? now : last, now);
      for (const time of due) {
        at = time;
        await this.begin(channel, config, time);
      }
      if (passed !== undefined && passed > (store.find(channel.id)?.firedAt ?? 0)) store.skipTo(channel.id, passed);
      return times.after(now, 1)[0] ?? Infinity;
    } catch (thrown) {
      const error = toHeddleError(thrown);
      this.errors.set(channel.id, error.message);
      log.warn({ schedule: channel.id, code: error.code, err: thrown }, 'a schedule could not begin its run');
      if (passing.has(error.code)) return now + againMs;
      this.parts.arrivals.refused(channel.id, now, String(at), error);
      store.skipTo(channel.id, now);
      this.parts.tell.channel(channel.workflowId, channel.id);
      const next = await cronTimes(config).then(
        (times) => times.after(now, 1)[0],
        () => undefined,
      );
      return next ?? Infinity;
    }
  }

  private async begin(channel: StoredChannel, config: ScheduleConfig, time: number): Promise<void> {
    const { channels, runs } = this.parts;
    try {
      await runs.start({
        slug: channel.workflowId,
        inputs: inputsAt(config, time),
        principal: channels.ownerOf(channel),
        ...asSchedule(channel.id),
        idempotencyKey: String(time),
        idempotencyScope: scheduleScope(channel.id),
      });
      this.errors.delete(channel.id);
      this.parts.tell.channel(channel.workflowId, channel.id);
    } catch (error) {
      // This time has its run already: the process died right after it was accepted.
      if (!(error instanceof HeddleError) || error.code !== 'idempotency_conflict') throw error;
    }
  }

  private async checkConfig(workflow: string, config: ScheduleConfig, maker: Principal): Promise<void> {
    checkTemplate(config.inputs, ['time', 'schedule']);
    await checkFit('schedule', { workflow, maker, fit: this.fitOf(config) }, this.parts);
  }

  private fitOf({ inputs, name }: ScheduleConfig): Fit {
    return fitOfTime(inputs, knownAt(name, this.parts.clock.now()), this.parts.maxInputBytes);
  }

  private async replyOf(channel: StoredChannel): Promise<ScheduleReply> {
    const { id, workflowId, owner, createdAt, firedAt } = channel;
    const config = ScheduleConfig.parse(channel.body);
    const lastError = this.errors.get(id);
    const problems = await problemsOf(channel, this.fitOf(config), this.parts);
    const { next, words, notes } = await this.preview(config);
    return {
      ...config,
      ...{ id, workflowId, owner, createdAt },
      ...{ words, notes, next: config.isPaused ? [] : next, problems: [...problems] },
      ...(firedAt === undefined ? {} : { lastAt: firedAt }),
      ...(lastError === undefined ? {} : { lastError }),
    };
  }
}

/** What the inputs of a schedule may name. */
const knownAt = (schedule: string, time: number) => ({ time: new Date(time).toISOString(), schedule });

function inputsAt({ inputs, name }: ScheduleConfig, time: number): Readonly<Record<string, unknown>> {
  const filled = fillTemplate(inputs, knownAt(name, time));
  return filled as Readonly<Record<string, unknown>>; // an object stays one
}

/** Errors that pass by themselves, so that the time is kept for later. */
const passing: ReadonlySet<string> = new Set([
  'busy',
  'kill_switch',
  'shutting_down',
  'storage_full',
  'storage_locked',
  'storage_read_only',
  'storage_failed',
]);

/** Runs of a schedule are for itself: nobody asks, and nobody's conversation is read. */
const asSchedule = (id: string) => ({ channel: 'schedule', trigger: 'schedule', subject: `schedule:${id}` }) as const;

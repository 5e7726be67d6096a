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
  ScheduleConfig,
  toHeddleError,
  type Arrival,
  type Clock,
  type Principal,
  type SchedulePreview,
  type ScheduleReply,
} from '@heddle/core';
import { DueChecks } from '../../common/background/due-checks.js';
import type { Log } from '../../common/log.js';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';
import type { ChannelService } from '../channel.service.js';
import { checkFit, checkTemplate, fitOfTime, problemsOf, type Fit } from '../fit-inputs.js';
import { isTemporary } from '../is-temporary.js';
import type { TriggerNotifier } from '../trigger-notifier.js';
import { cronTimes } from './cron-times.js';
import { readSchedule } from './cron-text.js';
import { dueTimes } from './due-times.js';

/** The wait before a schedule is tried again after a temporary error: `busy`, a kill switch, a fault of the store. */
const againMs = 15_000;
/**
 * If the last run lies this far in the future, the clock was wrong: times then count from now. A smaller lead is kept, so no time runs
 * twice.
 */
const aheadMs = 3_600_000;

/**
 * Manages schedules and starts their runs. Each time starts at most one run, even if the process dies, because the time is stored in the
 * same commit as its run.
 */
export class ScheduleService {
  private readonly errors = new Map<string, string>();
  private readonly checks: DueChecks;

  constructor(
    private readonly channels: ChannelService,
    private readonly store: ChannelStore,
    private readonly arrivals: ArrivalStore,
    private readonly notifier: TriggerNotifier,
    private readonly runs: PublishedRuns,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly maxInputBytes: number,
  ) {
    const onError = (err: unknown): void => log.error({ err }, 'schedules could not be checked');
    this.checks = new DueChecks({ clock, check: () => this.tick(), onError });
  }

  async list(workflow: string): Promise<readonly ScheduleReply[]> {
    const channels = await this.channels.list('schedule', workflow);
    return Promise.all(channels.map((channel) => this.replyOf(channel)));
  }

  /** Errors: `schedule_invalid`, `workflow_not_found`, `template_invalid`, `forbidden`, `input_*`. */
  async create(workflow: string, config: ScheduleConfig, caller: Principal): Promise<ScheduleReply> {
    await cronTimes(config);
    await this.checkConfig(workflow, config, caller);
    const channel = await this.channels.create('schedule', workflow, config, caller);
    this.check();
    return this.replyOf(channel);
  }

  /**
   * A change never catches up on past times: a new pattern counts from now. A paused schedule may have inputs that do not fit; they are
   * checked when it is resumed. Errors: as `create`, `trigger_not_found`.
   */
  async change(workflow: string, id: string, config: ScheduleConfig, caller: Principal): Promise<ScheduleReply> {
    const { channels } = this;
    await cronTimes(config);
    if (!config.isPaused)
      await this.checkConfig(workflow, config, await channels.ownerOf(await channels.get('schedule', workflow, id)));
    const channel = await channels.change('schedule', workflow, id, config, caller);
    await this.store.skipTo(id, this.checks.now());
    this.errors.delete(id);
    this.check();
    return this.replyOf(channel);
  }

  async remove(workflow: string, id: string, caller: Principal): Promise<void> {
    await this.channels.remove('schedule', workflow, id, caller);
    this.errors.delete(id);
  }

  /** Deletes a schedule; `restore` can undo it for a few seconds. */
  async deleteForNow(workflow: string, id: string, caller: Principal): Promise<void> {
    await this.channels.deleteForNow('schedule', workflow, id, caller);
    this.errors.delete(id);
  }

  /** Undoes `deleteForNow`. Errors: `not_found` after a few seconds. */
  async restore(workflow: string, id: string, caller: Principal): Promise<ScheduleReply> {
    const channel = await this.channels.restore('schedule', workflow, id, caller);
    this.check();
    return this.replyOf(channel);
  }

  /** Describes a pattern, with its next times. Errors: `schedule_invalid`. */
  preview(config: Pick<ScheduleConfig, 'cron' | 'timeZone'>): Promise<SchedulePreview> {
    return readSchedule(config, this.clock.now());
  }

  /** The runs that the schedule started, newest first. Errors: `trigger_not_found`. */
  async history(workflow: string, id: string, limit: number): Promise<readonly Arrival[]> {
    await this.channels.get('schedule', workflow, id);
    return this.arrivals.list(id, limit);
  }

  /** Starts a run now, with the rights of the caller. Errors: those of a start, `trigger_not_found`. */
  async runNow(workflow: string, id: string, principal: Principal): Promise<{ readonly runId: string }> {
    const { channels, runs, clock, notifier } = this;
    const channel = await channels.get('schedule', workflow, id);
    const inputs = inputsAt(ScheduleConfig.parse(channel.body), clock.now());
    const named = { idempotencyKey: newId('n'), idempotencyScope: nowScope(id) };
    const start = { slug: channel.workflowId, inputs, principal, ...asSchedule(id) };
    const { runId } = await runs.start({ ...start, ...named });
    notifier.channel(channel.workflowId, id);
    return { runId };
  }

  /** Begins to run due times; each schedule's policy decides about the missed ones. */
  start(): void {
    this.checks.start();
  }

  stop(): Promise<void> {
    return this.checks.stop();
  }

  /** Checks the schedules now; one check at a time. */
  check(): void {
    this.checks.request();
  }

  /** Resolves when the requested checks have ended; for tests. */
  get idle(): Promise<void> {
    return this.checks.idle;
  }

  private async tick(): Promise<number> {
    let next = Infinity;
    for (const channel of await this.store.list('schedule')) {
      if (!this.checks.isStarted) return next;
      const config = ScheduleConfig.parse(channel.body);
      if (config.isPaused) continue;
      next = Math.min(next, await this.run(channel, config));
    }
    return next;
  }

  /** Starts the runs that are due, and returns the time of the next check. */
  private async run(channel: StoredChannel, config: ScheduleConfig): Promise<number> {
    const { store, log } = this;
    const now = this.checks.now();
    let at = now;
    try {
      const times = await cronTimes(config);
      const last = channel.firedAt ?? channel.createdAt;
      if (last > now + aheadMs) {
        log.warn(
          { schedule: channel.id, last, now },
          'the clock was set back: the times of the schedule count from now',
        );
        await store.setBack(channel.id, last, now);
      }
      const { due, passed } = dueTimes(times, config, last > now + aheadMs ? now : last, now);
      for (const time of due) {
        at = time;
        await this.begin(channel, config, time);
      }
      if (passed !== undefined) await store.skipTo(channel.id, passed);
      return times.after(now, 1)[0] ?? Infinity;
    } catch (thrown) {
      const error = toHeddleError(thrown);
      this.errors.set(channel.id, error.message);
      log.warn({ schedule: channel.id, code: error.code, err: thrown }, 'a schedule could not start its run');
      if (isTemporary(error)) return now + againMs;
      await this.arrivals.refused(channel.id, now, String(at), error);
      await store.skipTo(channel.id, now);
      this.notifier.channel(channel.workflowId, channel.id);
      const next = await cronTimes(config).then(
        (times) => times.after(now, 1)[0],
        () => undefined,
      );
      return next ?? Infinity;
    }
  }

  private async begin(channel: StoredChannel, config: ScheduleConfig, time: number): Promise<void> {
    const { channels, runs } = this;
    try {
      await runs.start({
        slug: channel.workflowId,
        inputs: inputsAt(config, time),
        principal: await channels.ownerOf(channel),
        ...asSchedule(channel.id),
        idempotencyKey: String(time),
        idempotencyScope: scheduleScope(channel.id),
      });
      this.errors.delete(channel.id);
      this.notifier.channel(channel.workflowId, channel.id);
    } catch (error) {
      // This time has its run already: the process died right after the run was accepted.
      if (!(error instanceof HeddleError) || error.code !== 'idempotency_conflict') throw error;
    }
  }

  private async checkConfig(workflow: string, config: ScheduleConfig, maker: Principal): Promise<void> {
    checkTemplate(config.inputs, ['time', 'schedule']);
    await checkFit('schedule', { workflow, maker, fit: this.fitOf(config) }, this.runs);
  }

  private fitOf({ inputs, name }: ScheduleConfig): Fit {
    return fitOfTime(inputs, knownAt(name, this.clock.now()), this.maxInputBytes);
  }

  private async replyOf(channel: StoredChannel): Promise<ScheduleReply> {
    const { id, workflowId, owner, createdAt, firedAt } = channel;
    const config = ScheduleConfig.parse(channel.body);
    const lastError = this.errors.get(id);
    const problems = await problemsOf(channel, this.fitOf(config), this.runs, this.channels);
    const { next, words: text, notes } = await this.preview(config);
    return {
      ...config,
      id,
      workflowId,
      owner,
      createdAt,
      words: text,
      notes,
      next: config.isPaused ? [] : next,
      problems: [...problems],
      lastAt: firedAt,
      lastError,
    };
  }
}

/** The variables that the inputs of a schedule can use. */
const knownAt = (schedule: string, time: number) => ({ time: new Date(time).toISOString(), schedule });

function inputsAt({ inputs, name }: ScheduleConfig, time: number): Readonly<Record<string, unknown>> {
  const filled = fillTemplate(inputs, knownAt(name, time));
  return filled as Readonly<Record<string, unknown>>; // An object stays an object when its template is filled.
}

/** Runs of a schedule have a subject of their own, so they read no person's conversation. */
const asSchedule = (id: string) => ({ channel: 'schedule', trigger: 'schedule', subject: `schedule:${id}` }) as const;

import {
  nextAlertState,
  toHeddleError,
  type AlertCondition,
  type AlertEvent,
  type AlertOutcome,
  type AlertStore,
  type Clock,
  type StoredAlert,
} from '@heddle/core';
import { BackgroundWork } from '../common/background/background-work.js';
import type { Log } from '../common/log.js';
import { pause } from '../common/pause.js';
import { alertMessage } from './alert-message.js';
import { alertText } from './alert-text.js';
import { isOfTests, isQuality, judgeRule } from './judge-rule.js';
import { changesByTests, createQualityReader, qualityExamples, type QualitySources } from './read-quality.js';
import { exampleRuns, readWindow, type RuleScope, type WindowSources } from './read-window.js';

interface WatcherSources extends WindowSources, QualitySources {
  readonly store: AlertStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  /** Called when there are new messages. */
  readonly wake: () => void;
}

const everyMs = 15_000;
/** No rule is judged while the figures are further behind than this, because runs that are not counted yet would look like no runs. */
const mostBehindMs = 60_000;
const historyDays = 90;
const mostExamples = 5;

/** Checks all rules every 15 seconds. Its whole state is stored, so a restart continues where the last process ended. */
export class AlertWatcher {
  private readonly background = new BackgroundWork();

  constructor(private readonly sources: WatcherSources) {}

  start(): void {
    this.background.start((signal) => this.work(signal));
  }

  stop(): Promise<void> {
    return this.background.stop();
  }

  /** Checks all rules once. */
  async check(): Promise<void> {
    const { store, rollups, clock } = this.sources;
    const { since } = await rollups.lag();
    if (since !== undefined && clock.now() - since > mostBehindMs) return;
    for (const alert of await store.rules()) {
      if (this.background.signal.aborted) return;
      if (alert.rule.isEnabled) await this.checkRule(alert);
    }
  }

  private async work(signal: AbortSignal): Promise<void> {
    const { clock, store, log } = this.sources;
    while (!signal.aborted) {
      try {
        await this.check();
        await store.prune(clock.now() - historyDays * 86_400_000);
      } catch (err) {
        log.warn({ err }, 'alerts could not be checked; trying again');
      }
      await pause(clock, everyMs, signal);
    }
  }

  private async checkRule(alert: StoredAlert): Promise<void> {
    const { store, clock, log } = this.sources;
    const { id, project, rule, state } = alert;
    const { condition, currency, filter } = rule;
    const now = clock.now();
    try {
      const scope = { project, filter };
      const check = await judgeRule(
        condition,
        currency,
        (minutes) => readWindow(this.sources, scope, minutes, now),
        createQualityReader(this.sources, scope, now),
      );
      const { state: next, event } = nextAlertState(rule, state, check, now);
      const text = alertText(condition, check.value, currency);
      // The alert fired during a silence that is over now, so its message is sent now.
      const isLate =
        next.status === 'firing' && next.notifiedAt === undefined && check.isOver === true && !isSilent(alert, now);
      const kind = event ?? (isLate ? 'still firing' : undefined);
      const outcome = kind === undefined ? { state: next } : await this.outcomeOf(alert, next, kind, text, now);
      const isStored = await store.record(alert, outcome);
      if (isStored && outcome.messages !== undefined && outcome.messages.length > 0) this.sources.wake();
    } catch (thrown) {
      const error = toHeddleError(thrown);
      // A fault of the store concerns all rules. Any other error concerns this rule alone and must not stop the others.
      if (error.code.startsWith('storage_')) throw error;
      log.warn({ err: thrown, alert: id }, 'an alert could not be checked');
      await store.record(alert, {
        state: { ...state, checkedAt: now, error: `${error.message} (${error.code})`.slice(0, 500) },
      });
    }
  }

  private async examples(scope: RuleScope, condition: AlertCondition, now: number): Promise<readonly string[]> {
    const minutes = windowOf(condition);
    if (condition.kind !== 'threshold' || !isQuality(condition.metric))
      return exampleRuns(this.sources, scope, condition.metric, minutes, now);
    const { metric, score = '', is } = condition;
    if (isOfTests(metric)) {
      const changed = await changesByTests(this.sources, scope, metric, now - minutes * 60_000);
      const runs: string[] = [];
      for (const { workflow, version } of changed) {
        const of = { ...scope, filter: { workflow, version } };
        runs.push(...(await exampleRuns(this.sources, of, 'runs', minutes, now)));
      }
      return [...new Set(runs)].slice(0, mostExamples);
    }
    return qualityExamples(this.sources, scope, { metric, score, is, minutes }, now);
  }

  private async outcomeOf(
    alert: StoredAlert,
    state: AlertOutcome['state'],
    kind: AlertEvent['kind'],
    text: string,
    now: number,
  ): Promise<AlertOutcome> {
    const { project, rule } = alert;
    const { condition, filter, channels } = rule;
    // The end of an alert is sent only if its beginning was.
    const isSilenced = isSilent(alert, now) || (kind === 'resolved' && alert.state.notifiedAt === undefined);
    const runs = kind === 'resolved' ? [] : await this.examples({ project, filter }, condition, now);
    const event = { at: now, kind, value: state.value, text, runs: [...runs], isSilenced };
    const message = JSON.stringify(alertMessage(alert, event, this.sources.publicUrl));
    const stored = await this.sources.store.channels();
    const known = new Set(stored.filter((each) => each.project === project).map(({ id }) => id));
    const receivers = isSilenced ? [] : channels.filter((channel) => known.has(channel));
    const { notifiedAt: _notified, ...unnotified } = state;
    return {
      state: isSilenced ? unnotified : { ...state, notifiedAt: now },
      event,
      messages: [...new Set(receivers)].map((channel) => ({ channel, message })),
    };
  }
}

const isSilent = ({ silentUntil }: Pick<StoredAlert, 'silentUntil'>, now: number): boolean =>
  silentUntil !== undefined && silentUntil > now;

/** How many minutes back example runs are searched. */
function windowOf(condition: AlertCondition): number {
  return condition.kind === 'threshold'
    ? condition.windowMinutes
    : Math.max(...condition.windows.map(({ shortMinutes }) => shortMinutes));
}

import {
  HeddleError,
  isTerminal,
  steadySource,
  toHeddleError,
  type Clock,
  type JobStore,
  type Journal,
  type StreamEvent,
} from '@heddle/core';
import { version } from '../common/version.js';
import type { Log } from '../common/log.js';
import { pause } from '../common/pause.js';
import type { RunHub } from '../live/run-hub.js';
import type { Settings } from '../settings/settings-table.js';
import { otlpJson } from './otlp-json.js';
import { spanOfJob } from './span-of-job.js';
import { spansOfRun, type Span, type SpanLink } from './spans-of-run.js';
import { spanIds } from './trace-context.js';

/** A job that has ended, or a run in any state, that waits to be exported. */
type Ended = { readonly runId: string } | { readonly jobId: string };

const spanEnds: ReadonlySet<StreamEvent['type']> = new Set([
  ...(['node-end', 'node-error', 'node-retry', 'nested-end', 'human-input-end', 'model-call', 'tool-call'] as const),
]);
/** Milliseconds between exports of the spans of unfinished runs. */
const liveMs = 5_000;
/** The maximum number of runs whose progress is remembered. Any further run is exported again from its beginning, with the same ids. */
const mostLive = 10_000;

/** The maximum number of waiting runs and jobs. Beyond it, the oldest are dropped, so that a slow collector cannot fill the memory. */
const mostWaiting = 5_000;
const mostInOne = 50;
const timeoutMs = 10_000;
/** Milliseconds between attempts while the collector accepts nothing. */
const waitsMs: readonly number[] = [1_000, 5_000, 30_000, 60_000];
/** Milliseconds that a stop waits for the remaining exports. */
const graceMs = 2_000;

/**
 * Exports all runs and jobs to an OpenTelemetry collector over HTTP. The span of a part of a run is exported some seconds after it has
 * ended, and the span of the run at its end. The exporter reads the journal, so a run never waits for it. If the process dies, runs that
 * end at that time are exported only in part. Callers cannot decide what is exported.
 */
export class TraceExporter {
  private waiting: Ended[] = [];
  private working: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;
  private readonly stopped = new AbortController();
  private failures = 0;
  private left = 0;
  /** Unfinished runs with new spans to export. */
  private readonly living = new Set<string>();
  /** By run, the sequence number up to which its spans were exported. */
  private readonly exported = new Map<string, number>();
  private stopTimer = (): void => undefined;

  constructor(
    private readonly settings: Pick<Settings, 'otlpUrl' | 'otlpHeaders'>,
    private readonly journal: Journal,
    private readonly hub: RunHub,
    private readonly jobs: Pick<JobStore, 'get'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Begins to export; does nothing if the settings name no collector. */
  start(): void {
    if (this.settings.otlpUrl === undefined) return;
    this.stopListening = this.hub.listen((runId, events) => {
      if (events.some(({ type }) => type === 'run-end')) {
        this.living.delete(runId);
        this.add({ runId });
      } else if (events.some(({ type }) => spanEnds.has(type))) this.living.add(runId);
    });
    this.arm();
  }

  /** Exports unfinished runs at intervals. While the collector accepts nothing, they are exported only at their end. */
  private arm(): void {
    const time = steadySource(this.clock);
    this.stopTimer = time.at(time.now() + liveMs, () => {
      if (this.failures === 0) {
        for (const runId of this.living) this.add({ runId });
        this.living.clear();
      }
      this.arm();
    });
  }

  /** Exports a job that has ended. */
  jobEnded(jobId: string): void {
    if (this.stopListening !== undefined) this.add({ jobId });
  }

  /** Exports the rest, within a time limit. */
  async stop(): Promise<void> {
    this.stopListening?.();
    this.stopTimer();
    const grace = setTimeout(() => this.stopped.abort(), graceMs);
    if (this.failures > 0) this.stopped.abort();
    await this.working;
    clearTimeout(grace);
  }

  private add(ended: Ended): void {
    this.waiting.push(ended);
    if (this.waiting.length > mostWaiting) {
      this.waiting.shift();
      this.left += 1;
    }
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopped.signal.aborted) {
      const spans = await this.nextSpans();
      // The spans are read once for all attempts; meanwhile, other runs wait only as ids.
      while (spans.length > 0 && !this.stopped.signal.aborted && !(await this.send(spans))) await this.pause();
    }
  }

  /** Gives the next spans. Runs are read one at a time, because their events can contain large values. */
  private async nextSpans(): Promise<readonly Span[]> {
    const spans: Span[] = [];
    for (const ended of this.waiting.splice(0, mostInOne)) spans.push(...(await this.spansOf(ended)));
    return spans;
  }

  private async spansOf(ended: Ended): Promise<readonly Span[]> {
    try {
      return 'jobId' in ended ? [spanOfJob(await this.jobs.get(ended.jobId))] : await this.spansOfRun(ended.runId);
    } catch (error) {
      this.log.warn({ ...ended, err: error }, 'a trace could not be read');
      return [];
    }
  }

  private async spansOfRun(runId: string): Promise<readonly Span[]> {
    const { journal } = this;
    const acceptance = await journal.acceptance(runId);
    const { trace } = acceptance;
    const origin = await this.linkTo(acceptance.origin);
    const [summary, bundle, events] = await Promise.all([
      journal.summary(runId),
      journal.bundle(runId),
      journal.events(runId, { showsLost: true }),
    ]);
    const after = this.exported.get(runId) ?? 0;
    this.remember(runId, isTerminal(summary.status) ? undefined : events.at(-1)?.seq);
    return spansOfRun({ summary, document: bundle.document, events, trace, origin, after });
  }

  private remember(runId: string, seq: number | undefined): void {
    this.exported.delete(runId);
    if (seq === undefined) return;
    this.exported.set(runId, seq);
    const [oldest] = this.exported.keys();
    if (this.exported.size > mostLive && oldest !== undefined) this.exported.delete(oldest);
  }

  /** Makes a link to the run that another run continues or repeats, unless that run was removed. */
  private async linkTo(origin: string | undefined): Promise<SpanLink | undefined> {
    if (origin === undefined) return undefined;
    try {
      return { traceId: spanIds.trace(await this.journal.acceptance(origin)), spanId: spanIds.run(origin) };
    } catch (error) {
      if (toHeddleError(error).code !== 'run_not_found') throw error;
      return undefined;
    }
  }

  /** Sends spans; returns true if they were accepted or refused for good. */
  private async send(spans: readonly Span[]): Promise<boolean> {
    const { settings, log } = this;
    const address = `${settings.otlpUrl?.replace(/\/+$/, '') ?? ''}/v1/traces`;
    try {
      const reply = await fetch(address, {
        method: 'POST',
        headers: { ...settings.otlpHeaders, 'content-type': 'application/json' },
        body: JSON.stringify(otlpJson(spans, { 'service.name': 'heddle', 'service.version': version })),
        redirect: 'error',
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await reply.body?.cancel();
      if (reply.ok) {
        if (this.failures > 0) log.warn({ leftOut: this.left }, 'the collector of traces takes them again');
        this.failures = 0;
        this.left = 0;
        return true;
      }
      const mayPass = reply.status === 429 || reply.status >= 500;
      this.warn(new HeddleError('fetch_failed', `The collector of traces answered ${reply.status}.`), !mayPass);
      return !mayPass;
    } catch (error) {
      if (!this.stopped.signal.aborted) this.warn(error, false);
      return false;
    }
  }

  /** Logs a lasting fault only once. */
  private warn(error: unknown, isLost: boolean): void {
    if (this.failures === 0) this.log.warn({ err: error, isLost }, 'traces could not be sent to the collector');
    this.failures += 1;
  }

  private pause(): Promise<void> {
    const wait = waitsMs[Math.min(this.failures, waitsMs.length) - 1] ?? 0;
    return pause(this.clock, wait, this.stopped.signal);
  }
}

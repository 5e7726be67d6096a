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

/** A run that goes on or has ended, or a job that has ended, that waits to be exported. */
type Ended = { readonly runId: string } | { readonly jobId: string };

/** The events that end a span. */
const spanEnds: ReadonlySet<StreamEvent['type']> = new Set([
  ...(['node-end', 'node-error', 'node-retry', 'nested-end', 'human-input-end', 'model-call', 'tool-call'] as const),
]);
/** How often the spans of runs that go on are exported. */
const liveMs = 5_000;
/** The most runs whose progress is remembered; one beyond it is exported again from its beginning, with the same ids. */
const mostLive = 10_000;

/** The most waiting runs and jobs; beyond it the oldest are dropped, so that a collector cannot fill the memory. */
const mostWaiting = 5_000;
const mostInOne = 50;
const timeoutMs = 10_000;
/** The waits between attempts while the collector accepts nothing. */
const waitsMs: readonly number[] = [1_000, 5_000, 30_000, 60_000];
/** How long a stop waits for the rest. */
const graceMs = 2_000;

/**
 * Exports every run and job to a collector (OpenTelemetry, over HTTP): each span when it has ended, some seconds later while its run goes on,
 * and the span of the run at its end. It reads the journal, so a run never waits for it. A run that ends while the process dies is not
 * exported whole. Callers cannot decide what is exported.
 */
export class TraceExporter {
  private waiting: Ended[] = [];
  private working: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;
  private readonly stopped = new AbortController();
  private failures = 0;
  private left = 0;
  /** Runs that go on with spans to export. */
  private readonly living = new Set<string>();
  /** Up to which sequence number the spans of a run were exported. */
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

  /** Undefined where the settings name no collector. */
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

  /** Exports runs that go on, from time to time. While the collector takes nothing, they wait for their end. */
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

  /** A job has ended. */
  jobEnded(jobId: string): void {
    if (this.stopListening !== undefined) this.add({ jobId });
  }

  /** Exports the rest, for a limited time. */
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
      // Read once for all attempts; meanwhile other runs wait by their ids only.
      while (spans.length > 0 && !this.stopped.signal.aborted && !(await this.tell(spans))) await this.pause();
    }
  }

  /** The next spans. Runs are read one at a time, because their events can contain large values. */
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

  /** The run that another continues or repeats, unless it was removed. */
  private async linkTo(origin: string | undefined): Promise<SpanLink | undefined> {
    if (origin === undefined) return undefined;
    try {
      return { traceId: spanIds.trace(await this.journal.acceptance(origin)), spanId: spanIds.run(origin) };
    } catch (error) {
      if (toHeddleError(error).code !== 'run_not_found') throw error;
      return undefined;
    }
  }

  /** Whether the spans are done: accepted, or refused for good. */
  private async tell(spans: readonly Span[]): Promise<boolean> {
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

  /** Logged once for a lasting fault. */
  private warn(error: unknown, isLost: boolean): void {
    if (this.failures === 0) this.log.warn({ err: error, isLost }, 'traces could not be sent to the collector');
    this.failures += 1;
  }

  private pause(): Promise<void> {
    const wait = waitsMs[Math.min(this.failures, waitsMs.length) - 1] ?? 0;
    return pause(this.clock, wait, this.stopped.signal);
  }
}

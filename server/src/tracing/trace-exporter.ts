import { HeddleError, type Clock, type Journal } from '@heddle/core';
import { version } from '../health/version.js';
import type { Log } from '../heddle/log.js';
import { pause } from '../heddle/pause.js';
import type { RunHub } from '../live/run-hub.js';
import type { Settings } from '../settings/settings-table.js';
import { otlpJson } from './otlp-json.js';
import { spansOfRun, type Span } from './spans-of-run.js';

export interface TraceExporterParts {
  readonly settings: Pick<Settings, 'otlpUrl' | 'otlpHeaders'>;
  readonly journal: Journal;
  readonly hub: RunHub;
  readonly clock: Clock;
  readonly log: Log;
}

/** Runs that wait to be told; beyond them the oldest are left out, as a collector must not fill the memory of what it watches. */
const mostWaiting = 5_000;
const runsInOne = 50;
const timeoutMs = 10_000;
/** Waits between tries while the collector does not take anything. */
const waitsMs: readonly number[] = [1_000, 5_000, 30_000, 60_000];
/** So long a stop waits for what is still to be told. */
const graceMs = 2_000;

/**
 * Tells a collector (OpenTelemetry, over HTTP) of every run that ends. It reads the journal after the run, so that nothing in a run waits
 * for it. A run that ends while the process dies is not told.
 */
export class TraceExporter {
  private waiting: string[] = [];
  private working: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;
  private readonly stopped = new AbortController();
  private failures = 0;
  private left = 0;

  constructor(private readonly parts: TraceExporterParts) {}

  /** Nothing where the settings name no collector. */
  start(): void {
    if (this.parts.settings.otlpUrl === undefined) return;
    this.stopListening = this.parts.hub.listen((runId, events) => {
      if (events.some(({ type }) => type === 'run-end')) this.add(runId);
    });
  }

  /** Tells what still waits, for a moment. */
  async stop(): Promise<void> {
    this.stopListening?.();
    const grace = setTimeout(() => this.stopped.abort(), graceMs);
    if (this.failures > 0) this.stopped.abort();
    await this.working;
    clearTimeout(grace);
  }

  private add(runId: string): void {
    this.waiting.push(runId);
    if (this.waiting.length > mostWaiting) {
      this.waiting.shift();
      this.left += 1;
    }
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopped.signal.aborted) {
      const spans = await this.nextSpans();
      // Read once, however often they are told; meanwhile further runs wait by their ids alone.
      while (spans.length > 0 && !this.stopped.signal.aborted && !(await this.tell(spans))) await this.pause();
    }
  }

  /** The spans of the next runs. One run is read at a time: its events have its values, which are large now and then. */
  private async nextSpans(): Promise<readonly Span[]> {
    const spans: Span[] = [];
    for (const runId of this.waiting.splice(0, runsInOne)) spans.push(...(await this.spansOf(runId)));
    return spans;
  }

  private async spansOf(runId: string): Promise<readonly Span[]> {
    const { journal, log } = this.parts;
    try {
      const [summary, bundle, events] = await Promise.all([
        journal.summary(runId),
        journal.bundle(runId),
        journal.events(runId),
      ]);
      return spansOfRun({ summary, document: bundle.document, events });
    } catch (error) {
      log.warn({ runId, err: error }, 'the trace of a run could not be read');
      return [];
    }
  }

  /** Whether the spans are off our hands: taken, or refused for good. */
  private async tell(spans: readonly Span[]): Promise<boolean> {
    const { settings, log } = this.parts;
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

  /** Once for a fault that lasts. */
  private warn(error: unknown, isLost: boolean): void {
    if (this.failures === 0) this.parts.log.warn({ err: error, isLost }, 'traces could not be told to the collector');
    this.failures += 1;
  }

  private pause(): Promise<void> {
    const wait = waitsMs[Math.min(this.failures, waitsMs.length) - 1] ?? 0;
    return pause(this.parts.clock, wait, this.stopped.signal);
  }
}

import { steadySource, type Clock, type Journal, type RunBus, type StreamEvent } from '@heddle/core';
import type { FollowedRun, RunSource } from '../live/run-hub.js';

/** What the feed of runs works with. */
export interface FeedParts {
  readonly journal: Journal;
  /** Without it, the journal alone says what runs of other processes do. */
  readonly bus?: RunBus | undefined;
  /** Whether this process has a run, which then says itself what it does. */
  readonly isHere?: ((runId: string) => boolean) | undefined;
  readonly clock: Clock;
  /** Milliseconds between two looks at the journal. Default 2,000. */
  readonly checkMs?: number | undefined;
}

const pageSize = 500;

/**
 * Brings what runs say on any worker to the watchers in this process: at once over the bus, and from the journal what the bus did not bring. A
 * worker that is killed announces nothing of its last records, so the journal is read every two seconds too.
 *
 * @example const hub = new RunHub(journal, clock, createRunFeed({ journal, bus, clock }));
 */
export function createRunFeed(parts: FeedParts): RunSource {
  return {
    follow(runId, emit) {
      return new RunReader(parts, runId, emit);
    },
  };
}

/** One run that is watched here. Durable events are passed on in order, each once; text of an execution that has ended is not passed on. */
class RunReader implements FollowedRun {
  private lastSeq = 0;
  private readonly ended = new Set<string>();
  /** What came while the journal was being read. */
  private waiting: StreamEvent[] = [];
  private reading: Promise<void> | undefined;
  /** Something may be missing since the reading began. */
  private isMissing = false;
  private isStopped = false;
  private readonly leaveBus: (() => void) | undefined;
  private cancelTimer: (() => void) | undefined;

  constructor(
    private readonly parts: FeedParts,
    private readonly runId: string,
    private readonly emit: (events: readonly StreamEvent[]) => void,
  ) {
    this.leaveBus = parts.bus?.watch(runId, { onEvents: (events) => this.take(events), onGap: () => this.repair() });
    this.checkLater();
  }

  stop(): void {
    this.isStopped = true;
    this.leaveBus?.();
    this.cancelTimer?.();
  }

  note(events: readonly StreamEvent[]): void {
    for (const event of events) this.isNew(event);
  }

  private isHere(): boolean {
    return this.parts.isHere?.(this.runId) ?? false;
  }

  private checkLater(): void {
    const { clock, checkMs = 2_000 } = this.parts;
    const time = steadySource(clock);
    this.cancelTimer = time.at(time.now() + checkMs, () => {
      this.repair();
      this.checkLater();
    });
  }

  private take(events: readonly StreamEvent[]): void {
    if (this.isStopped || this.isHere()) return;
    if (this.reading !== undefined) {
      this.waiting.push(...events);
      return;
    }
    const next: StreamEvent[] = [];
    let isWhole = true;
    for (const [index, event] of events.entries()) {
      if ('seq' in event && event.seq > this.lastSeq + 1) {
        this.waiting.push(...events.slice(index));
        isWhole = false;
        break;
      }
      if (this.isNew(event)) next.push(event);
    }
    if (next.length > 0) this.emit(next);
    if (!isWhole) this.repair();
  }

  private isNew(event: StreamEvent): boolean {
    if (!('seq' in event)) return !('path' in event) || !this.ended.has(executionOf(event));
    if (event.seq <= this.lastSeq) return false;
    this.lastSeq = event.seq;
    if (event.type === 'node-end' || event.type === 'node-error' || event.type === 'node-retry')
      this.ended.add(executionOf(event));
    return true;
  }

  private repair(): void {
    if (this.isHere()) return;
    this.isMissing = true;
    this.reading ??= this.readJournal().finally(() => {
      this.reading = undefined;
      if (this.isStopped) return;
      const waiting = this.waiting;
      this.waiting = [];
      this.take(waiting);
    });
  }

  private async readJournal(): Promise<void> {
    while (this.isMissing && !this.isStopped) {
      this.isMissing = false;
      for (;;) {
        let events: readonly StreamEvent[];
        try {
          events = await this.parts.journal.events(this.runId, {
            after: this.lastSeq,
            limit: pageSize,
            showsLost: true,
          });
        } catch {
          // The database is away: the next check reads again, and what waits is read too.
          this.waiting = [];
          return;
        }
        if (this.isStopped) return;
        // What it said here meanwhile is known.
        const next = events.filter((event) => this.isNew(event));
        if (next.length === 0) break;
        this.emit(next);
      }
    }
  }
}

const executionOf = ({ path, attempt }: { readonly path: string; readonly attempt: number }): string =>
  `${path} ${attempt}`;

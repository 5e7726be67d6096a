import { appendEvent, isTerminal, type Journal, type StreamEvent } from '@heddle/core';
import type { SentOffsets } from './live-execution.js';
import { previewEvents } from './preview-event.js';
import type { RunChannel } from './run-channel.js';

/** Where the events of a watcher go: an SSE stream, a socket, the CLI. */
export interface LiveSink {
  /** Takes events in order. Returns false if the sender must wait for `whenReady`. */
  send(events: readonly StreamEvent[]): boolean;
  /** Calls back once, when more events can be taken. */
  whenReady(callback: () => void): void;
  /** Called when the run has ended and everything was sent. */
  end(): void;
  /** Called if the journal could not be read. */
  fail(error: unknown): void;
  /** Called if the watcher was too slow; it must watch again from this seq. If undefined, the subscriber catches up by itself. */
  resync?(after: number): void;
}

/** How many events, and characters of deltas, wait for a slow watcher at most. Beyond that it must catch up from the journal. */
const mostPending = 1000;
const mostPendingText = 64 * 1024;
const pageSize = 500;

/**
 * One watcher of a run. It reads the journal from its seq on until it has everything that was emitted, then sends a snapshot and goes live.
 * The buffer for a slow watcher is limited; if it overflows, the watcher catches up from the journal again. So nothing is lost or sent
 * twice, and little memory is needed.
 */
export class RunSubscriber {
  private pending: StreamEvent[] = [];
  private pendingText = 0;
  /** Whether the buffer overflowed. Nothing more is buffered then, because the journal has it. */
  private isBehind = false;
  private state: 'catching-up' | 'live' | 'blocked' | 'closed' = 'catching-up';
  /** Executions whose end was read from the journal before it was emitted here. */
  private readonly ended = new Set<string>();

  constructor(
    private readonly runId: string,
    private lastSeq: number,
    private readonly channel: RunChannel,
    private readonly journal: Journal,
    private readonly sink: LiveSink,
    private readonly now: () => number,
    private readonly onClose: (subscriber: RunSubscriber) => void,
  ) {}

  /** Starts to read the journal. */
  start(): void {
    void this.catchUp();
  }

  stop(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.forget();
    this.onClose(this);
  }

  /** Receives a batch that is emitted now. */
  push(events: readonly StreamEvent[]): void {
    if (this.state === 'live') this.deliver(events);
    else if (this.state === 'blocked') this.buffer(events);
  }

  private deliver(events: readonly StreamEvent[]): void {
    const isFresh = (event: StreamEvent): boolean => !('seq' in event) || event.seq > this.lastSeq;
    // Watchers at the same position share one array, so that it is serialised only once.
    const fresh = events.every(isFresh) ? events : events.filter(isFresh);
    const first = fresh.find((event) => 'seq' in event);
    if (first !== undefined && 'seq' in first && first.seq > this.lastSeq + 1) {
      this.state = 'catching-up';
      void this.catchUp();
      return;
    }
    if (fresh.length === 0) return;
    const isReady = this.send(fresh);
    if (fresh.some((event) => event.type === 'run-end')) this.finish();
    else if (!isReady) this.block();
  }

  private send(events: readonly StreamEvent[]): boolean {
    for (const event of events) if ('seq' in event) this.lastSeq = event.seq;
    return this.sink.send(previewEvents(events));
  }

  private finish(): void {
    this.stop();
    this.sink.end();
  }

  private block(): void {
    this.state = 'blocked';
    this.sink.whenReady(() => {
      if (this.state !== 'blocked') return;
      if (this.isBehind) {
        this.fallBehind();
        return;
      }
      const waiting = this.pending;
      this.forget();
      this.state = 'live';
      this.deliver(waiting);
    });
  }

  private forget(): void {
    this.pending = [];
    this.pendingText = 0;
    this.isBehind = false;
  }

  private fallBehind(): void {
    this.forget();
    if (this.sink.resync === undefined) {
      this.state = 'catching-up';
      void this.catchUp();
      return;
    }
    this.stop();
    this.sink.resync(this.lastSeq);
  }

  /** Buffers events, with joined deltas. If the buffer overflows, it is dropped. */
  private buffer(events: readonly StreamEvent[]): void {
    if (this.isBehind) return;
    for (const event of events) this.pendingText += appendEvent(this.pending, event);
    if (this.pending.length <= mostPending && this.pendingText <= mostPendingText) return;
    this.forget();
    this.isBehind = true;
  }

  private async catchUp(): Promise<void> {
    try {
      const sent: SentOffsets = new Map();
      const summary = await this.journal.summary(this.runId);
      let isEnded = isTerminal(summary.status) && this.lastSeq >= summary.lastSeq;
      while (this.isOpen() && !isEnded) {
        const events = await this.journal.events(this.runId, {
          after: this.lastSeq,
          limit: pageSize,
          showsLost: true,
        });
        if (!this.isOpen()) return;
        if (events.length === 0) {
          if (this.lastSeq < this.channel.lastSeq) continue;
          if (this.goLive(sent)) return;
          // The run has continued while the watcher took a long text in pieces.
          await this.ready();
          continue;
        }
        this.noteEnded(events);
        isEnded = events.some((event) => event.type === 'run-end');
        if (!this.send(events)) await this.ready();
      }
      if (this.isOpen()) this.finish();
    } catch (error) {
      if (!this.isOpen()) return;
      this.stop();
      this.sink.fail(error);
    }
  }

  private ready(): Promise<void> {
    return new Promise((resolve) => this.sink.whenReady(resolve));
  }

  /** Not a getter, so that the compiler knows that the result can change during an await. */
  private isOpen(): boolean {
    return this.state !== 'closed';
  }

  /** Sends the text of running executions as far as the watcher takes it. Goes live and returns true once it has taken everything. */
  private goLive(sent: SentOffsets): boolean {
    this.channel.flush();
    for (;;) {
      const piece = this.channel.next(sent, this.now());
      if (piece.length === 0) break;
      const current = piece.filter((event) => !('path' in event) || !this.ended.has(keyOf(event)));
      if (current.length > 0 && !this.send(current)) return false;
    }
    this.ended.clear();
    this.state = 'live';
    return true;
  }

  private noteEnded(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if (!('seq' in event) || event.seq <= this.channel.lastSeq) continue;
      if (event.type === 'node-end' || event.type === 'node-error' || event.type === 'node-retry')
        this.ended.add(keyOf(event));
    }
  }
}

function keyOf(event: { readonly path: string; readonly attempt: number }): string {
  return `${event.path} ${event.attempt}`;
}

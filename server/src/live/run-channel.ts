import { appendEvent, steadySource, type Clock, type LiveEvent, type StreamEvent, type TimeSource } from '@heddle/core';
import { addDelta, newExecution, nextPiece, type LiveExecution, type SentOffsets } from './live-execution.js';

/** Up to this many watchers get every delta at once. */
const mostAtOnce = 64;
/** With more watchers, deltas wait a millisecond for each so many of them, and are sent together. */
const watchersAMillisecond = 20;
const longestWaitMs = 50;
/** The most deltas, and characters of them, that wait together: timers are late while a node writes without a pause. */
const mostWaiting = 256;
const mostWaitingText = 16 * 1024;

/** One run with events or watchers: its subscribers, and the state of running executions for a new one. */
export class RunChannel {
  readonly subscribers = new Set<{ push(events: readonly StreamEvent[]): void }>();
  /** Seq of the last durable event. */
  lastSeq = 0;
  private readonly executions = new Map<string, LiveExecution>();
  /** Live events that wait to be sent together with the next ones. */
  private waiting: StreamEvent[] = [];
  private waitingText = 0;
  private readonly time: TimeSource;
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly runId: string,
    clock: Clock,
  ) {
    this.time = steadySource(clock);
  }

  /** Whether it can be removed. */
  get isIdle(): boolean {
    return this.subscribers.size === 0 && this.executions.size === 0;
  }

  /** Notes a batch and passes it to every watcher; for many watchers, deltas of a moment are joined. */
  emit(events: readonly StreamEvent[]): void {
    this.note(events);
    const { size } = this.subscribers;
    const canWait = size > mostAtOnce && events.every((event) => event.type === 'node-delta');
    if (!canWait) {
      this.flush();
      this.push(events);
      return;
    }
    for (const event of events) this.waitingText += appendEvent(this.waiting, event);
    const wait = Math.min(longestWaitMs, size / watchersAMillisecond);
    if (this.waiting.length > mostWaiting || this.waitingText > mostWaitingText) this.flush();
    else this.stopTimer ??= this.time.at(this.time.now() + wait, () => this.flush());
  }

  /** Sends what waits, so that a snapshot taken now is not followed by text that it contains. */
  flush(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    const events = this.waiting;
    this.waiting = [];
    this.waitingText = 0;
    if (events.length > 0) this.push(events);
  }

  private push(events: readonly StreamEvent[]): void {
    for (const subscriber of this.subscribers) subscriber.push(events);
  }

  private note(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if ('seq' in event) this.lastSeq = Math.max(this.lastSeq, event.seq);
      this.noteExecution(event);
    }
  }

  /** The next events of running executions for a watcher: text, position in a queue, progress. Empty once it has received all. */
  next(sent: SentOffsets, time: number): LiveEvent[] {
    return nextPiece(this.runId, this.executions, sent, time);
  }

  private noteExecution(event: StreamEvent): void {
    switch (event.type) {
      case 'node-delta':
        addDelta(this.executionOf(event), event);
        return;
      case 'node-progress':
        this.executionOf(event).progress = event;
        return;
      case 'node-queue':
        this.executionOf(event).queue = event.position > 0 ? event : undefined;
        return;
      case 'node-end':
      case 'node-error':
      case 'node-skip':
      case 'node-cached':
      case 'node-suspend':
      case 'node-retry':
        this.executions.delete(event.path);
        return;
      case 'run-end':
      case 'run-suspend':
      case 'run-pause':
        this.executions.clear();
        return;
      default:
    }
  }

  private executionOf(event: { readonly path: string; readonly attempt: number }): LiveExecution {
    const known = this.executions.get(event.path);
    if (known !== undefined && known.attempt === event.attempt) return known;
    const fresh = newExecution(event.attempt);
    this.executions.set(event.path, fresh);
    return fresh;
  }
}

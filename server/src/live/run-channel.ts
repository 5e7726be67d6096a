import { appendEvent, steadySource, type Clock, type LiveEvent, type StreamEvent, type TimeSource } from '@heddle/core';
import { addDelta, newExecution, nextPiece, type LiveExecution, type SentOffsets } from './live-execution.js';

/** Up to this many watchers, every delta is sent at once. */
const mostAtOnce = 64;
/** With more watchers, deltas are collected and sent together. They wait one millisecond for every so many watchers. */
const watchersAMillisecond = 20;
const longestWaitMs = 50;
/**
 * The most collected deltas, and their most characters. Timers fire late while a node writes without a pause, so time alone is no limit.
 */
const mostWaiting = 256;
const mostWaitingText = 16 * 1024;

/** A run that has watchers or running executions: its subscribers, and the state of the executions for new subscribers. */
export class RunChannel {
  readonly subscribers = new Set<{ push(events: readonly StreamEvent[]): void }>();
  /** The seq of the last durable event. */
  lastSeq = 0;
  private readonly executions = new Map<string, LiveExecution>();
  /** Live events that are collected, to be sent together. */
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

  /** Whether the channel is unused and can be removed. */
  get isIdle(): boolean {
    return this.subscribers.size === 0 && this.executions.size === 0;
  }

  /** Records a batch and passes it to every watcher. If there are many watchers, deltas are collected for a moment and joined. */
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

  /** Sends the collected events now, so that a snapshot is not followed by text that it already contains. */
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

  /**
   * The next events of running executions for a watcher: text, position in a queue, progress. Empty once the watcher has received
   * everything.
   */
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

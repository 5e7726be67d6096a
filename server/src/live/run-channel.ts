import { steadySource, type Clock, type LiveEvent, type StreamEvent, type TimeSource } from '@heddle/core';
import { appendEvent } from './join-deltas.js';
import { addDelta, newExecution, nextPiece, type LiveExecution, type Told } from './live-execution.js';
import type { RunSubscriber } from './run-subscriber.js';

/** Up to so many watchers get every delta at once. */
const mostAtOnce = 64;
/** With more of them, deltas wait a millisecond for each so many watchers, and travel together. */
const watchersAMillisecond = 20;
const longestWaitMs = 50;
/** Deltas, and characters of them, that wait together at most: a node that writes without a pause holds timers up. */
const mostWaiting = 256;
const mostWaitingText = 16 * 1024;

/** One run that is emitting or watched: its subscribers, and what a new one must be told of running executions (V2). */
export class RunChannel {
  readonly subscribers = new Set<RunSubscriber>();
  /** Seq of the last durable event emitted here. */
  lastSeq = 0;
  private readonly executions = new Map<string, LiveExecution>();
  /** Live events that travel together with those that come in the next moment. */
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

  /** Nothing to keep it for. */
  get isIdle(): boolean {
    return this.subscribers.size === 0 && this.executions.size === 0;
  }

  /** Takes note of a batch and hands it to every watcher; for many watchers, deltas of a moment become one. */
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

  /** Hands out what waits, so that a snapshot taken now is not followed by text that it holds already. */
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

  /** What a watcher must be told next of running executions: text, place in a queue, progress. Nothing once it knows all. */
  next(told: Told, time: number): LiveEvent[] {
    return nextPiece(this.runId, this.executions, told, time);
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

import {
  joinLabels,
  steadyFace,
  type Label,
  type Clock,
  type LiveEvent,
  type StreamEvent,
  type TimeFace,
} from '@heddle/core';
import { appendEvent } from './join-deltas.js';
import type { RunSubscriber } from './run-subscriber.js';

/** What an execution that has not ended has written, and the last that it said of itself. */
interface LiveExecution {
  attempt: number;
  readonly texts: Map<string, string>;
  /** What the text of each port may not go above. */
  readonly labels: Map<string, Label>;
  progress: Extract<LiveEvent, { type: 'node-progress' }> | undefined;
  queue: Extract<LiveEvent, { type: 'node-queue' }> | undefined;
}

/** Up to so many watchers get every delta at once. */
const mostAtOnce = 64;
/** With more of them, deltas wait a millisecond for each so many watchers, and travel together. */
const watchersAMillisecond = 20;
const longestWaitMs = 50;
/** Deltas that wait together at most. */
const mostWaiting = 256;

/** One run that is emitting or watched: its subscribers, and what a new one must be told of running executions (V2). */
export class RunChannel {
  readonly subscribers = new Set<RunSubscriber>();
  /** Seq of the last durable event emitted here. */
  lastSeq = 0;
  private readonly executions = new Map<string, LiveExecution>();
  /** Live events that travel together with those that come in the next moment. */
  private waiting: StreamEvent[] = [];
  private readonly time: TimeFace;
  private stopTimer: (() => void) | undefined;

  constructor(
    private readonly runId: string,
    clock: Clock,
  ) {
    this.time = steadyFace(clock);
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
    for (const event of events) appendEvent(this.waiting, event);
    const wait = Math.min(longestWaitMs, size / watchersAMillisecond);
    if (this.waiting.length > mostWaiting) this.flush();
    else this.stopTimer ??= this.time.at(this.time.now() + wait, () => this.flush());
  }

  /** Hands out what waits, so that a snapshot taken now is not followed by text that it holds already. */
  flush(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    const events = this.waiting;
    this.waiting = [];
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

  /** The state of every running execution: text, place in a queue, progress. */
  snapshot(time: number): LiveEvent[] {
    const events: LiveEvent[] = [];
    for (const [path, execution] of this.executions) {
      const about = { runId: this.runId, time, path, attempt: execution.attempt };
      for (const [port, text] of execution.texts) {
        const label = execution.labels.get(port);
        events.push({ type: 'node-snapshot', ...about, port, text, ...(label === undefined ? {} : { label }) });
      }
      if (execution.queue !== undefined) events.push(execution.queue);
      if (execution.progress !== undefined) events.push(execution.progress);
    }
    return events;
  }

  private noteExecution(event: StreamEvent): void {
    switch (event.type) {
      case 'node-delta': {
        const { texts, labels } = this.executionOf(event);
        const known = labels.get(event.port);
        if (event.label !== undefined)
          labels.set(event.port, known === undefined ? event.label : joinLabels(known, event.label));
        texts.set(event.port, (texts.get(event.port) ?? '').slice(0, event.offset) + event.delta);
        return;
      }
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
      case 'node-park':
      case 'node-retry':
        this.executions.delete(event.path);
        return;
      case 'run-end':
      case 'run-park':
      case 'run-held':
        this.executions.clear();
        return;
      default:
    }
  }

  private executionOf(event: { readonly path: string; readonly attempt: number }): LiveExecution {
    const known = this.executions.get(event.path);
    if (known !== undefined && known.attempt === event.attempt) return known;
    const fresh: LiveExecution = {
      attempt: event.attempt,
      texts: new Map(),
      labels: new Map(),
      progress: undefined,
      queue: undefined,
    };
    this.executions.set(event.path, fresh);
    return fresh;
  }
}

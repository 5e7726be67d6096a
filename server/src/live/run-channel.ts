import type { LiveEvent, StreamEvent } from '@heddle/core';
import type { RunSubscriber } from './run-subscriber.js';

/** What an execution that has not ended has written, and the last that it said of itself. */
interface LiveExecution {
  attempt: number;
  readonly texts: Map<string, string>;
  progress: Extract<LiveEvent, { type: 'node-progress' }> | undefined;
  queue: Extract<LiveEvent, { type: 'node-queue' }> | undefined;
}

/** One run that is emitting or watched: its subscribers, and what a new one must be told of running executions (V2). */
export class RunChannel {
  readonly subscribers = new Set<RunSubscriber>();
  /** Seq of the last durable event emitted here. */
  lastSeq = 0;
  private readonly executions = new Map<string, LiveExecution>();

  constructor(private readonly runId: string) {}

  /** Nothing to keep it for. */
  get isIdle(): boolean {
    return this.subscribers.size === 0 && this.executions.size === 0;
  }

  /** Takes note of a batch, in order. */
  note(events: readonly StreamEvent[]): void {
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
      for (const [port, text] of execution.texts) events.push({ type: 'node-snapshot', ...about, port, text });
      if (execution.queue !== undefined) events.push(execution.queue);
      if (execution.progress !== undefined) events.push(execution.progress);
    }
    return events;
  }

  private noteExecution(event: StreamEvent): void {
    switch (event.type) {
      case 'node-delta': {
        const { texts } = this.executionOf(event);
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
    const fresh: LiveExecution = { attempt: event.attempt, texts: new Map(), progress: undefined, queue: undefined };
    this.executions.set(event.path, fresh);
    return fresh;
  }
}

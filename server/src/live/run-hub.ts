import type { Clock, Journal, StreamEvent } from '@heddle/core';
import { RunChannel } from './run-channel.js';
import { RunSubscriber, type LiveSink } from './run-subscriber.js';

/** Distributes the events of runs to their watchers, over SSE, socket and CLI alike. */
export class RunHub {
  private readonly channels = new Map<string, RunChannel>();
  private readonly listeners = new Set<(runId: string, events: readonly StreamEvent[]) => void>();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** Receives a batch of the engine: durable events after their commit. */
  emit(runId: string, events: readonly StreamEvent[]): void {
    const channel = this.channels.get(runId) ?? new RunChannel(runId, this.clock);
    channel.emit(events);
    for (const listener of this.listeners) listener(runId, events);
    if (channel.isIdle) this.channels.delete(runId);
    else this.channels.set(runId, channel);
  }

  /**
   * Watches a run from a seq: missed events, snapshot, then live. Gives a function that ends the watch. Errors go to the sink:
   * `run_not_found`.
   */
  watch(runId: string, after: number, sink: LiveSink): () => void {
    const channel = this.channels.get(runId) ?? new RunChannel(runId, this.clock);
    this.channels.set(runId, channel);
    const subscriber = new RunSubscriber(
      runId,
      after,
      channel,
      this.journal,
      sink,
      () => this.clock.now(),
      (closed) => {
        channel.subscribers.delete(closed);
        if (channel.isIdle) this.channels.delete(runId);
      },
    );
    channel.subscribers.add(subscriber);
    subscriber.start();
    return () => subscriber.stop();
  }

  /** Receives every batch of every run, for lists and counters. */
  listen(listener: (runId: string, events: readonly StreamEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The number of runs with watchers or events. */
  get size(): number {
    return this.channels.size;
  }
}

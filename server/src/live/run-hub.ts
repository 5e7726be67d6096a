import type { Clock, Journal, StreamEvent } from '@heddle/core';
import { RunChannel } from './run-channel.js';
import { RunSubscriber, type LiveSink } from './run-subscriber.js';

/** The source of events of runs that other processes execute. */
export interface RunSource {
  /** Passes on the events of a run, from its beginning or a later one, until it is stopped. */
  follow(runId: string, emit: (events: readonly StreamEvent[]) => void): FollowedRun;
}

export interface FollowedRun {
  /** Reports events that this process has already emitted, so that they are not passed on twice. */
  note(events: readonly StreamEvent[]): void;
  stop(): void;
}

/** Distributes the events of runs to their watchers, over SSE, socket and CLI alike. */
export class RunHub {
  private readonly channels = new Map<string, RunChannel>();
  private readonly listeners = new Set<(runId: string, events: readonly StreamEvent[]) => void>();
  /** The watched runs that are followed in other processes. */
  private readonly followed = new Map<string, FollowedRun>();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private source?: RunSource,
  ) {}

  /** Sets the source of events of other processes. Must be called before the first watcher. */
  follow(source: RunSource): void {
    this.source = source;
  }

  /** Receives a batch of events from the engine; durable events come after their commit. */
  emit(runId: string, events: readonly StreamEvent[]): void {
    this.followed.get(runId)?.note(events);
    this.pass(runId, events);
  }

  private pass(runId: string, events: readonly StreamEvent[]): void {
    const channel = this.channels.get(runId) ?? new RunChannel(runId, this.clock);
    channel.emit(events);
    for (const listener of this.listeners) listener(runId, events);
    if (channel.isIdle) this.channels.delete(runId);
    else this.channels.set(runId, channel);
  }

  /**
   * Watches a run from a seq: first missed events, then a snapshot, then live events. Returns a function that ends the watch. The sink gets
   * errors: `run_not_found`.
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
        this.leave(runId, channel);
      },
    );
    channel.subscribers.add(subscriber);
    if (this.source !== undefined && !this.followed.has(runId))
      this.followed.set(
        runId,
        this.source.follow(runId, (events) => this.pass(runId, events)),
      );
    subscriber.start();
    return () => subscriber.stop();
  }

  /** Without watchers, a run of another process is no longer followed. Its channel is dropped, because it would become outdated. */
  private leave(runId: string, channel: RunChannel): void {
    const isFollowed = channel.subscribers.size === 0 && this.followed.has(runId);
    if (isFollowed) {
      this.followed.get(runId)?.stop();
      this.followed.delete(runId);
    }
    if (isFollowed || channel.isIdle) this.channels.delete(runId);
  }

  /** Receives every batch of every run, for lists and counters. */
  listen(listener: (runId: string, events: readonly StreamEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The number of runs with watchers or running executions. */
  get size(): number {
    return this.channels.size;
  }
}

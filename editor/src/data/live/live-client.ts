import { isDurable, type EventsMessage, type StreamEvent } from '@heddle/core';
import type { LiveSocket } from './live-socket.js';

interface TopicListener {
  /** Receives events in order, each durable event once. */
  onEvents(events: readonly unknown[]): void;
  /** Called if the server refuses access to this topic. */
  onRefused?(error: { readonly code: string; readonly message: string }): void;
}

export interface LiveClient {
  /**
   * Follows a run from after a seq, without gaps or duplicates, even if the connection is lost any number of times. Returns a function that
   * stops it.
   */
  watchRun(runId: string, after: number, listener: RunListener): () => void;
  /** Follows a topic of states, such as `runs`. Returns a function that stops it. */
  watchTopic(topic: string, listener: TopicListener): () => void;
  readonly isConnected: boolean;
  /** Calls the listener when the connection changes. Returns a function that stops it. */
  readonly onConnection: (listener: (isConnected: boolean) => void) => () => void;
  retry(): void;
}

interface RunListener {
  onEvents(events: readonly StreamEvent[]): void;
  onRefused?(error: { readonly code: string; readonly message: string }): void;
}

interface Watch {
  readonly topic: string;
  /** Seq of the last delivered durable event; undefined for topics of states. */
  lastSeq: number | undefined;
  /** A `watch` request was sent and not answered yet, so any new gap is already being filled. */
  isAsking: boolean;
  /** Increases with every `watch` request, to detect late replies. */
  asked: number;
  readonly listener: TopicListener;
}

/**
 * Creates a client that keeps its subscriptions alive over one socket. A durable event is delivered only if its seq is the next one. A
 * known seq is dropped; after a gap, the client watches again from its last seq.
 */
export function createLiveClient(socket: LiveSocket): LiveClient {
  return new SocketLiveClient(socket);
}

class SocketLiveClient implements LiveClient {
  isConnected: boolean;
  readonly #watches = new Map<string, Set<Watch>>();
  readonly #connectionListeners = new Set<(isConnected: boolean) => void>();

  constructor(private readonly socket: LiveSocket) {
    this.isConnected = socket.isConnected;
    socket.onEvents((message) => this.#deliver(message));
    socket.onResync(({ topic }) => {
      for (const watch of this.#watches.get(topic) ?? []) this.#ask(watch);
    });
    socket.onConnection((isConnected) => this.#connectionChanged(isConnected));
  }

  watchRun(runId: string, after: number, listener: RunListener): () => void {
    return this.#watch(`run:${runId}`, after, {
      ...listener,
      // The server sends StreamEvents only on topics of runs.
      onEvents: (events) => listener.onEvents(events as readonly StreamEvent[]),
    });
  }

  watchTopic(topic: string, listener: TopicListener): () => void {
    return this.#watch(topic, undefined, listener);
  }

  readonly onConnection = (listener: (isConnected: boolean) => void): (() => void) => {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  };

  retry(): void {
    this.socket.retry();
  }

  #watch(topic: string, lastSeq: number | undefined, listener: TopicListener): () => void {
    const watch: Watch = { topic, lastSeq, isAsking: false, asked: 0, listener };
    const all = this.#watches.get(topic) ?? new Set<Watch>();
    this.#watches.set(topic, all.add(watch));
    this.#ask(watch);
    return () => {
      all.delete(watch);
      if (all.size > 0 || this.#watches.get(topic) !== all) return;
      this.#watches.delete(topic);
      if (this.socket.isConnected) this.socket.unwatch(topic);
    };
  }

  #ask(watch: Watch): void {
    if (!this.socket.isConnected) return;
    watch.isAsking = true;
    const asked = (watch.asked += 1);
    this.socket.watch({ topic: watch.topic, after: watch.lastSeq }, (reply) => {
      if (asked !== watch.asked || this.#watches.get(watch.topic)?.has(watch) !== true) return;
      watch.isAsking = false;
      if (reply === undefined) this.#ask(watch);
      else if (!reply.ok) watch.listener.onRefused?.(reply.error);
    });
  }

  #deliver({ topic, events }: EventsMessage): void {
    for (const watch of [...(this.#watches.get(topic) ?? [])]) {
      const taken = this.#newEvents(watch, events);
      if (taken.length > 0) watch.listener.onEvents(taken);
    }
  }

  #newEvents(watch: Watch, events: readonly unknown[]): readonly unknown[] {
    if (watch.lastSeq === undefined) return events;
    const taken: unknown[] = [];
    for (const event of events as readonly StreamEvent[]) {
      if (!isDurable(event)) {
        taken.push(event);
        continue;
      }
      if (event.seq <= watch.lastSeq) continue;
      if (event.seq > watch.lastSeq + 1) {
        if (!watch.isAsking) this.#askAgain(watch);
        break;
      }
      watch.lastSeq = event.seq;
      taken.push(event);
    }
    return taken;
  }

  #askAgain(watch: Watch): void {
    this.socket.unwatch(watch.topic);
    this.#ask(watch);
  }

  #connectionChanged(isConnected: boolean): void {
    if (isConnected) for (const all of this.#watches.values()) for (const watch of all) this.#ask(watch);
    if (isConnected === this.isConnected) return;
    this.isConnected = isConnected;
    for (const listener of this.#connectionListeners) listener(isConnected);
  }
}

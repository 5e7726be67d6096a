import { isDurable, type EventsMessage, type StreamEvent } from '@heddle/core';
import type { LiveSocket } from './live-socket.js';

/** The callbacks of a watcher. */
interface TopicListener {
  /** Events in order, each durable one once. */
  onEvents(events: readonly unknown[]): void;
  /** The server refused to let this topic be watched. */
  onRefused?(error: { readonly code: string; readonly message: string }): void;
}

export interface LiveClient {
  /**
   * Follows a run from after a seq, without gaps and duplicates, over any number of lost connections, until the returned function is
   * called.
   */
  watchRun(runId: string, after: number, listener: RunListener): () => void;
  /** Follows a topic of states, such as `runs`. */
  watchTopic(topic: string, listener: TopicListener): () => void;
  readonly isConnected: boolean;
  /** Subscribes to connection changes until the returned function is called. */
  readonly onConnection: (listener: (isConnected: boolean) => void) => () => void;
  retry(): void;
}

interface RunListener {
  onEvents(events: readonly StreamEvent[]): void;
  onRefused?(error: { readonly code: string; readonly message: string }): void;
}

/** A subscription to one topic. */
interface Watch {
  readonly topic: string;
  /** Seq of the last delivered durable event; undefined for topics of states. */
  lastSeq: number | undefined;
  /** A `watch` was sent and is not answered yet: a gap in the meantime is already being filled. */
  isAsking: boolean;
  /** Increases with every `watch` sent, to detect a late reply. */
  asked: number;
  readonly listener: TopicListener;
}

/**
 * Keeps subscriptions alive over one socket. A durable event is delivered only when its seq is the next one; a known seq is dropped, and a
 * gap makes the client watch again from its last seq.
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

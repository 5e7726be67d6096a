import { isDurable, type EventsMessage, type StreamEvent, type WatchReply } from '@heddle/core';
import type { LiveSocket } from './live-socket.js';

/** The callbacks of a watcher. */
export interface TopicListener {
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

export interface RunListener {
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
  const watches = new Map<string, Set<Watch>>();
  const connectionListeners = new Set<(isConnected: boolean) => void>();
  let isConnected = socket.isConnected;

  const ask = (watch: Watch): void => {
    if (!socket.isConnected) return;
    watch.isAsking = true;
    const asked = (watch.asked += 1);
    const request = { topic: watch.topic, after: watch.lastSeq };
    socket.watch(request, (reply) => {
      if (asked !== watch.asked || watches.get(watch.topic)?.has(watch) !== true) return;
      watch.isAsking = false;
      answered(watch, reply);
    });
  };

  const answered = (watch: Watch, reply: WatchReply | undefined): void => {
    if (reply === undefined) ask(watch);
    else if (!reply.ok) watch.listener.onRefused?.(reply.error);
  };

  const fresh = (watch: Watch, events: readonly unknown[]): readonly unknown[] => {
    if (watch.lastSeq === undefined) return events;
    const taken: unknown[] = [];
    for (const event of events as readonly StreamEvent[]) {
      if (!isDurable(event)) {
        taken.push(event);
        continue;
      }
      if (event.seq <= watch.lastSeq) continue;
      if (event.seq > watch.lastSeq + 1) {
        if (!watch.isAsking) again(watch);
        break;
      }
      watch.lastSeq = event.seq;
      taken.push(event);
    }
    return taken;
  };

  const again = (watch: Watch): void => {
    socket.unwatch(watch.topic);
    ask(watch);
  };

  socket.onEvents(({ topic, events }: EventsMessage) => {
    for (const watch of [...(watches.get(topic) ?? [])]) {
      const taken = fresh(watch, events);
      if (taken.length > 0) watch.listener.onEvents(taken);
    }
  });
  socket.onResync(({ topic }) => {
    for (const watch of watches.get(topic) ?? []) ask(watch);
  });
  socket.onConnection((next) => {
    if (next) for (const all of watches.values()) for (const watch of all) ask(watch);
    if (next === isConnected) return;
    isConnected = next;
    for (const listener of connectionListeners) listener(next);
  });

  const begin = (topic: string, lastSeq: number | undefined, listener: TopicListener): (() => void) => {
    const watch: Watch = { topic, lastSeq, isAsking: false, asked: 0, listener };
    const all = watches.get(topic) ?? new Set<Watch>();
    watches.set(topic, all.add(watch));
    ask(watch);
    return () => {
      all.delete(watch);
      if (all.size > 0 || watches.get(topic) !== all) return;
      watches.delete(topic);
      if (socket.isConnected) socket.unwatch(topic);
    };
  };

  return {
    // The server sends StreamEvents only on topics of runs.
    watchRun: (runId, after, listener) =>
      begin(`run:${runId}`, after, {
        ...listener,
        onEvents: (events) => listener.onEvents(events as readonly StreamEvent[]),
      }),
    watchTopic: (topic, listener) => begin(topic, undefined, listener),
    get isConnected() {
      return isConnected;
    },
    onConnection: (listener) => {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    retry: () => socket.retry(),
  };
}

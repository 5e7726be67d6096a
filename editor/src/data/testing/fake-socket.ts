import type { EventsMessage, ResyncMessage, WatchReply, WatchRequest } from '@heddle/core';
import type { LiveSocket } from '../live/live-socket.js';

/** A socket for tests. It records the client's requests, and the test acts as the server. */
export interface FakeSocket extends LiveSocket {
  readonly requests: readonly WatchRequest[];
  readonly left: readonly string[];
  connect(): void;
  disconnect(): void;
  send(topic: string, events: readonly unknown[]): void;
  resync(topic: string, after: number): void;
  /** Answers the oldest pending request. */
  answer(reply?: WatchReply): void;
}

/** Creates a fake socket that is not connected yet. */
export function createFakeSocket(): FakeSocket {
  const requests: WatchRequest[] = [];
  const left: string[] = [];
  const waiting: ((reply: WatchReply | undefined) => void)[] = [];
  const onConnection: ((isConnected: boolean) => void)[] = [];
  const onEvents: ((message: EventsMessage) => void)[] = [];
  const onResync: ((message: ResyncMessage) => void)[] = [];
  let isConnected = false;
  const change = (next: boolean): void => {
    isConnected = next;
    if (!next) waiting.length = 0;
    for (const listener of onConnection) listener(next);
  };
  return {
    requests,
    left,
    get isConnected() {
      return isConnected;
    },
    onConnection: (listener) => void onConnection.push(listener),
    onEvents: (listener) => void onEvents.push(listener),
    onResync: (listener) => void onResync.push(listener),
    watch: (request, onReply) => {
      requests.push(request);
      waiting.push(onReply);
    },
    unwatch: (topic) => void left.push(topic),
    retry: () => change(true),
    connect: () => change(true),
    disconnect: () => change(false),
    send: (topic, events) => {
      for (const listener of onEvents) listener({ topic, events });
    },
    resync: (topic, after) => {
      for (const listener of onResync) listener({ topic, after });
    },
    answer: (...reply: [WatchReply?]) =>
      waiting.shift()?.(reply.length === 0 ? { ok: true, topic: requests.at(-1)?.topic ?? '' } : reply[0]),
  };
}

import type { EventsMessage, ResyncMessage } from '@heddle/core';
import type { Socket } from 'socket.io';
import type { LiveSink } from './run-subscriber.js';

/** A connection counts as slow from this many messages on that its transport has not taken. */
const mostUnsent = 64;

/** What of the connection tells how much is unsent; `writeBuffer` is public in the protocol's own code, private in its types. */
interface Connection {
  readonly writeBuffer?: { readonly length: number };
}

/** Whether a socket has more messages waiting than it should. */
export function isSlow(socket: Socket): boolean {
  const connection: Connection = socket.conn as unknown as Connection; // library seam, see above
  return (connection.writeBuffer?.length ?? 0) > mostUnsent;
}

/** Calls back once when the connection has sent what waited, or is gone. */
export function whenSent(socket: Socket, callback: () => void): void {
  let isCalled = false;
  const once = (): void => {
    if (isCalled) return;
    isCalled = true;
    callback();
  };
  if (!isSlow(socket)) queueMicrotask(once);
  else {
    socket.conn.once('drain', once);
    socket.conn.once('close', once);
  }
}

/** Sends a run's events to a socket (V1, V2). */
export function socketSink(socket: Socket, topic: string, onEnd: () => void): LiveSink {
  return {
    send: (events) => {
      socket.emit('events', { topic, events } satisfies EventsMessage);
      return !isSlow(socket);
    },
    whenReady: (callback) => whenSent(socket, callback),
    end: onEnd,
    fail: (error) => {
      onEnd();
      socket.emit('failed', { topic, message: error instanceof Error ? error.message : String(error) });
    },
    resync: (after) => {
      onEnd();
      socket.emit('resync', { topic, after } satisfies ResyncMessage);
    },
  };
}

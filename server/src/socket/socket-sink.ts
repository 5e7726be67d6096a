import type { ResyncMessage } from '@heddle/core';
import type { Socket } from 'socket.io';
import type { LiveSink } from '../live/run-subscriber.js';
import type { SocketFanOut } from './socket-fan-out.js';

/** A connection with more unsent messages, or more unsent characters, counts as slow. */
const mostUnsent = 64;
const mostUnsentText = 256 * 1024;

/** The part of a connection that shows its unsent messages. `writeBuffer` is public in engine.io's code but private in its types. */
interface Connection {
  readonly writeBuffer?: readonly { readonly data?: unknown }[];
}

/** Whether a socket has too many unsent messages. */
export function isSlow(socket: Socket): boolean {
  const connection: Connection = socket.conn as unknown as Connection; // see `Connection` above
  const unsent = connection.writeBuffer ?? [];
  if (unsent.length > mostUnsent) return true;
  let length = 0;
  for (const { data } of unsent) length += typeof data === 'string' ? data.length : 0;
  return length > mostUnsentText;
}

/** Calls back once, when the connection has sent its waiting messages or is closed. */
export function whenSent(socket: Socket, callback: () => void): void {
  if (!isSlow(socket)) {
    queueMicrotask(callback);
    return;
  }
  const { conn } = socket;
  const go = (): void => {
    conn.off('drain', go).off('close', go);
    callback();
  };
  conn.on('drain', go).on('close', go);
}

/** Sends a run's events to a socket. */
export function socketSink(socket: Socket, fanOut: SocketFanOut, topic: string, onEnd: () => void): LiveSink {
  return {
    send: (events) => {
      fanOut.send(socket, topic, events);
      return !isSlow(socket);
    },
    whenReady: (callback) => whenSent(socket, callback),
    end: onEnd,
    fail: (error) => {
      onEnd();
      fanOut.flush();
      socket.emit('failed', { topic, message: error instanceof Error ? error.message : String(error) });
    },
    resync: (after) => {
      onEnd();
      fanOut.flush();
      socket.emit('resync', { topic, after } satisfies ResyncMessage);
    },
  };
}

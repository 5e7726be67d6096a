import type { EventsMessage, ResyncMessage, WatchReply, WatchRequest } from '@heddle/core';
import { io } from 'socket.io-client';
import { currentProject } from '../access/current-project.js';

/** The connection that the live client uses. Tests use a fake. */
export interface LiveSocket {
  readonly isConnected: boolean;
  onConnection(listener: (isConnected: boolean) => void): void;
  onEvents(listener: (message: EventsMessage) => void): void;
  onResync(listener: (message: ResyncMessage) => void): void;
  /** Calls `onReply` with undefined if no acknowledgement arrived in time. */
  watch(request: WatchRequest, onReply: (reply: WatchReply | undefined) => void): void;
  unwatch(topic: string): void;
  /** Tries to connect immediately instead of waiting for the current pause to end. */
  retry(): void;
}

const replyWithinMs = 8000;

/** Connects to the server's `/live` namespace, and reconnects for as long as the page is open. */
export function connectLive(): LiveSocket {
  const socket = io('/live', {
    reconnectionDelay: 300,
    reconnectionDelayMax: 3000,
    timeout: 5000,
    // A browser cannot set headers on a WebSocket, so the project is sent here.
    auth: (give) => give({ project: currentProject.getState().id }),
  });
  return {
    get isConnected() {
      return socket.connected;
    },
    onConnection: (listener) => {
      socket.on('connect', () => listener(true));
      socket.on('disconnect', (reason) => {
        listener(false);
        // The server closed the connection deliberately (shutdown); in this case, socket.io does not reconnect by itself.
        if (reason === 'io server disconnect') setTimeout(() => socket.connect(), 500);
      });
      socket.on('connect_error', () => listener(false));
    },
    onEvents: (listener) => void socket.on('events', listener),
    onResync: (listener) => void socket.on('resync', listener),
    watch: (request, onReply) =>
      void socket
        .timeout(replyWithinMs)
        .emit('watch', request, (error: Error | null, reply: WatchReply) =>
          onReply(error === null ? reply : undefined),
        ),
    unwatch: (topic) => void socket.emit('unwatch', { topic }),
    retry: () => {
      if (!socket.connected) socket.disconnect().connect();
    },
  };
}

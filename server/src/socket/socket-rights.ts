import { toHeddleError } from '@heddle/core';
import { toRequestError } from '../http/errors/error-reply.js';
import { Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { principalOf, setPrincipal } from '../auth/caller.js';
import { setView } from '../auth/rights/project-view.js';
import { CallerRights } from '../auth/rights/caller-rights.js';
import { Ownership } from '../auth/rights/ownership.js';
import { ProjectViews } from '../authority/project-views.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { checkTopic } from './check-topic.js';
import { followConnection, type RightsListener } from './follow-connection.js';
import { socketCredentials } from './socket-credentials.js';
import type { SocketWatches } from './socket-watches.js';

/**
 * Follows the rights of the owners of sockets. When a session, key or user is revoked, its connections are closed. When the owner may no
 * longer see a topic, its watch ends.
 */
@Injectable()
export class SocketRights {
  private readonly followed = new Map<string, () => void>();

  constructor(
    private readonly rights: CallerRights,
    private readonly views: ProjectViews,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {}

  /** Begins to follow a socket; does nothing if it is followed already. */
  follow(socket: Socket, watches: SocketWatches): void {
    const principal = principalOf(socket);
    if (principal === undefined || !socket.connected || this.followed.has(socket.id)) return;
    const { listeners } = followConnection(this.rights, socket.conn, principal, socketCredentials(socket));
    const listener: RightsListener = {
      check: async (now) => {
        setPrincipal(socket, now);
        setView(socket, this.views.viewFor(now, socketCredentials(socket).headers));
        await this.checkTopics(socket, watches);
      },
      onLost: () => this.cut(socket, watches),
    };
    listeners.add(listener);
    this.followed.set(socket.id, () => listeners.delete(listener));
  }

  forget(socket: Socket): void {
    this.followed.get(socket.id)?.();
    this.followed.delete(socket.id);
  }

  private async checkTopics(socket: Socket, watches: SocketWatches): Promise<void> {
    for (const topic of watches.topics) {
      try {
        await checkTopic({ ownership: this.ownership, clock: this.clock }, socket, topic);
      } catch (error) {
        if (toHeddleError(error).retryable) continue;
        await watches.remove(topic);
        socket.emit('failed', { topic, message: toRequestError(error).message });
      }
    }
  }

  /** Disconnects a socket. A client that still has rights connects again and is then identified anew. */
  private cut(socket: Socket, watches: SocketWatches): void {
    watches.close();
    this.forget(socket);
    socket.disconnect(true);
  }
}

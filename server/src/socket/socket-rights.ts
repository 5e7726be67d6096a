import { toHeddleError } from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { principalOf, setPrincipal } from '../auth/caller.js';
import { setView } from '../auth/project-view.js';
import { CallerRights } from '../auth/caller-rights.js';
import { OWNERSHIP, type Ownership } from '../auth/ownership.js';
import { ProjectViews } from '../authority/project-views.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { checkTopic } from './check-topic.js';
import { followConnection, type RightsListener } from './follow-connection.js';
import { socketCredentials } from './socket-credentials.js';
import type { SocketWatches } from './socket-watches.js';

/** What sockets hear for as long as their owners may: one whose session, key or user is revoked is cut, and a topic that they may no longer see ends. */
@Injectable()
export class SocketRights {
  private readonly followed = new Map<string, () => void>();

  constructor(
    private readonly rights: CallerRights,
    private readonly views: ProjectViews,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {}

  /** From now on; a socket that is followed already stays so. */
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
        socket.emit('failed', { topic, message: toHeddleError(error).message });
      }
    }
  }

  /** Whoever is still somebody connects again, and is asked anew. */
  private cut(socket: Socket, watches: SocketWatches): void {
    watches.close();
    this.forget(socket);
    socket.disconnect(true);
  }
}

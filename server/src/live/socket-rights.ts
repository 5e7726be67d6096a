import { steadyFace, toHeddleError, type Principal } from '@heddle/core';
import type { Socket } from 'socket.io';
import { principalOf, setPrincipal } from '../auth/caller.js';
import { followPrincipal, type FollowedPrincipal } from '../auth/follow-principal.js';
import { setView, viewFor } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';
import { socketCredentials } from '../http/access.guard.js';
import { checkTopic } from './check-topic.js';
import type { SocketWatches } from './socket-watches.js';

/** How long somebody may still hear of what they may no longer see. */
const checkEveryMs = 2000;

interface Followed {
  readonly socket: Socket;
  readonly watches: SocketWatches;
  readonly now: FollowedPrincipal;
}

/** Asks again, for as long as a socket is open, who opened it and what they may watch: a revoked session, key or user hears no more. */
export class SocketRights {
  private readonly followed = new Map<string, Followed>();
  private stopTimer: (() => void) | undefined;

  constructor(private readonly heddle: Heddle) {}

  /** From now on; a socket that is followed already stays so. */
  follow(socket: Socket, watches: SocketWatches): void {
    const principal = principalOf(socket);
    if (principal === undefined || !socket.connected || this.followed.has(socket.id)) return;
    const { parts, identity } = this.heddle;
    const now = followPrincipal({ stores: parts.identity, identity }, principal, socketCredentials(socket));
    this.followed.set(socket.id, { socket, watches, now });
    this.plan();
  }

  forget(socket: Socket): void {
    this.followed.delete(socket.id);
    if (this.followed.size > 0) return;
    this.stopTimer?.();
    this.stopTimer = undefined;
  }

  private plan(): void {
    if (this.stopTimer !== undefined || this.followed.size === 0) return;
    const time = steadyFace(this.heddle.clock);
    this.stopTimer = time.at(time.now() + checkEveryMs, () => {
      void Promise.all([...this.followed.values()].map((one) => this.check(one))).finally(() => {
        this.stopTimer = undefined;
        this.plan();
      });
    });
  }

  private async check({ socket, watches, now }: Followed): Promise<void> {
    let principal: Principal;
    try {
      principal = await now();
      setPrincipal(socket, principal);
      setView(socket, viewFor(this.heddle, principal, socket.handshake.headers));
    } catch (error) {
      if (!isPassing(error)) this.cut(socket, watches);
      return;
    }
    if (principal.kind === 'anonymous') {
      this.cut(socket, watches);
      return;
    }
    for (const topic of watches.topics) {
      try {
        await checkTopic(this.heddle, socket, topic);
      } catch (error) {
        if (isPassing(error)) continue;
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

/** A store that cannot be read now says nothing about anybody's rights: the next round asks again. */
const isPassing = (error: unknown): boolean => toHeddleError(error).retryable;

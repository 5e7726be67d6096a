import { HeddleError, type Principal, type TimeFace } from '@heddle/core';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { principalOf, setPrincipal } from '../auth/caller.js';
import type { Credentials, Identity } from '../auth/identity.js';
import { networkOf } from '../auth/network-of.js';

/** A connection below socket.io, over either transport. */
export type Connection = Socket['conn'];

export interface AdmissionParts {
  readonly identity: Identity;
  readonly time: TimeFace;
  /** Sockets of one network that have not shown who they are yet. */
  readonly mostOfNobody: number;
  readonly patienceMs: number;
  /** The address of the sender, behind proxies that are believed. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Cuts a connection once its owner may hear no more. */
  readonly follow: (connection: Connection, principal: Principal, credentials: Credentials) => void;
}

/**
 * How many sockets somebody may hold who has not shown who they are, and for how long. A socket has shown it with the first thing that
 * it asks (the guard remembers who asked); one that asks nothing is asked when its time is over.
 */
export class SocketAdmission {
  /** Those of each network that were nobody's when they were last looked at. */
  private readonly waiting = new Map<string, Set<Connection>>();

  constructor(private readonly parts: AdmissionParts) {}

  /** Errors: `too_many_requests`. */
  checkRoom(request: IncomingMessage): void {
    const waiting = this.waiting.get(this.networkOf(request)) ?? new Set();
    for (const connection of waiting) if (isSomebody(principalOf(connection))) waiting.delete(connection);
    if (waiting.size < this.parts.mostOfNobody) return;
    throw new HeddleError('too_many_requests', 'Too many sockets of this address have not shown who they are.');
  }

  /** A connection was made. */
  begin(connection: Connection): void {
    const { time, patienceMs } = this.parts;
    const network = this.networkOf(connection.request);
    const waiting = this.waiting.get(network) ?? new Set();
    this.waiting.set(network, waiting.add(connection));
    const cancel = time.at(time.now() + patienceMs, () => void this.ask(connection, waiting));
    connection.once('close', () => {
      cancel();
      waiting.delete(connection);
      if (waiting.size === 0 && this.waiting.get(network) === waiting) this.waiting.delete(network);
    });
  }

  private async ask(connection: Connection, waiting: Set<Connection>): Promise<void> {
    if (!isSomebody(principalOf(connection))) {
      const { headers, url = '' } = connection.request;
      const credentials = { headers, ip: this.parts.addressOf(connection.request), method: 'GET', url };
      const principal = await this.parts.identity.identify(credentials).catch(() => undefined);
      if (principal === undefined || !isSomebody(principal)) {
        connection.close(true);
        return;
      }
      setPrincipal(connection, principal);
      this.parts.follow(connection, principal, credentials);
    }
    waiting.delete(connection);
  }

  private networkOf(request: IncomingMessage): string {
    return networkOf(this.parts.addressOf(request));
  }
}

const isSomebody = (principal: Principal | undefined): boolean =>
  principal !== undefined && principal.kind !== 'anonymous';

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
 * How many sockets somebody may hold who has not shown who they are, and for how long. People show it by their session as they connect,
 * keys with the first thing that they ask (the guard remembers who asked, and counts it); who asks nothing is asked when the time is over.
 */
export class SocketAdmission {
  /** Those of each network that were nobody's when they were last looked at. */
  private readonly waiting = new Map<string, Set<Connection>>();

  /** Requests whose sender showed who they are. */
  private readonly known = new WeakSet<IncomingMessage>();

  constructor(private readonly parts: AdmissionParts) {}

  /** Before a connection is made. Errors: `too_many_requests`. */
  async checkRoom(request: IncomingMessage): Promise<void> {
    // Whoever has a session takes no place: after a new start of the server, everybody of one network connects at once.
    if (request.headers.authorization === undefined && (await this.identify(request)) !== undefined) {
      this.known.add(request);
      return;
    }
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
    if (!this.known.has(connection.request)) this.waiting.set(network, waiting.add(connection));
    const cancel = time.at(time.now() + patienceMs, () => void this.ask(connection, waiting));
    connection.once('close', () => {
      cancel();
      waiting.delete(connection);
      if (waiting.size === 0 && this.waiting.get(network) === waiting) this.waiting.delete(network);
    });
  }

  private async ask(connection: Connection, waiting: Set<Connection>): Promise<void> {
    if (!isSomebody(principalOf(connection))) {
      const principal = await this.identify(connection.request);
      if (principal === undefined) {
        connection.close(true);
        return;
      }
      setPrincipal(connection, principal);
      this.parts.follow(connection, principal, this.credentialsOf(connection.request));
    }
    waiting.delete(connection);
  }

  /** Undefined for nobody. */
  private async identify(request: IncomingMessage): Promise<Principal | undefined> {
    const principal = await this.parts.identity.identify(this.credentialsOf(request)).catch(() => undefined);
    return isSomebody(principal) ? principal : undefined;
  }

  private credentialsOf(request: IncomingMessage): Credentials {
    const { headers, url = '' } = request;
    return { headers, ip: this.parts.addressOf(request), method: 'GET', url };
  }

  private networkOf(request: IncomingMessage): string {
    return networkOf(this.parts.addressOf(request));
  }
}

const isSomebody = (principal: Principal | undefined): boolean =>
  principal !== undefined && principal.kind !== 'anonymous';

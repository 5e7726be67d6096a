import { HeddleError, type Principal, type TimeSource } from '@heddle/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'socket.io';
import { principalOf, setPrincipal } from '../auth/caller.js';
import type { Credentials, Identity } from '../auth/identity.js';
import { networkOf } from '../http/network-of.js';
import { SlotLimit } from './slot-limit.js';
import { setAddress, socketCredentials, type Opened } from './socket-credentials.js';

/** A connection below socket.io, over either transport. */
export type Connection = Socket['conn'];

interface AdmissionOptions {
  readonly identity: Identity;
  readonly time: TimeSource;
  /** The maximum number of sockets of one network that are not identified yet. */
  readonly mostOfNobody: number;
  /** The maximum number of sockets of one user or key. */
  readonly mostOfOne: number;
  readonly patienceMs: number;
  /** Gives the address of the client, also behind trusted proxies. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Closes a connection once its owner has lost their rights. */
  readonly follow: (connection: Connection, principal: Principal, credentials: Credentials) => void;
}

/** The slot of a connection, with its owner; `owner` is undefined for an anonymous connection. */
interface Holding {
  readonly owner: string | undefined;
  readonly release: () => void;
}

/** Seconds after which a client with too many sockets may retry. */
const retrySeconds = 10;

/**
 * Limits the sockets of each owner. A session or key in the headers is identified before a connection is made and takes a slot of its
 * owner; a key in the first packet (`auth.token`) is identified when that packet arrives. A connection without an identity takes one of the
 * few anonymous slots of its network and is closed after a time limit.
 */
export class SocketAdmission {
  private readonly nobody: SlotLimit;
  private readonly owners: SlotLimit;
  /** Admitted requests whose connection does not exist yet. */
  private readonly admitted = new WeakMap<
    IncomingMessage,
    { readonly begin: () => Holding; readonly who?: Principal }
  >();
  private readonly holdings = new WeakMap<Connection, Holding>();

  constructor(private readonly parts: AdmissionOptions) {
    this.nobody = new SlotLimit(parts.mostOfNobody);
    this.owners = new SlotLimit(parts.mostOfOne);
  }

  /** Takes a slot for a request before its connection is made. Errors: `too_many_requests`, and those of an invalid key. */
  async admit(request: IncomingMessage): Promise<void> {
    const who = await this.shownBy(request);
    const holding = this.takeSlot(who, request);
    // Releases the slot if the request ends before it becomes a connection.
    const end = responseOf(request) ?? request.socket;
    end.once('close', holding.release);
    if (end.destroyed) holding.release();
    const begin = (): Holding => {
      end.off('close', holding.release);
      return holding;
    };
    this.admitted.set(request, { begin, who });
  }

  /** Assigns the slot of an admitted request to its new connection. */
  begin(connection: Connection): void {
    const { request } = connection;
    const admitted = this.admitted.get(request);
    if (admitted === undefined) {
      connection.close(true);
      return;
    }
    this.holdings.set(connection, admitted.begin());
    setAddress(connection, this.parts.addressOf(request));
    connection.once('close', () => this.holdings.get(connection)?.release());
    if (admitted.who !== undefined) {
      this.belongs(connection, admitted.who, this.credentialsOf(request));
      return;
    }
    const { time, patienceMs } = this.parts;
    const cancel = time.at(time.now() + patienceMs, () => void this.closeUnlessOwned(connection));
    connection.once('close', cancel);
  }

  /**
   * Identifies the key in the first packet, before the socket may make requests. Errors: `unauthorized`, `key_expired`, `scope_missing`,
   * `too_many_requests`.
   */
  async recognise(socket: Opened): Promise<void> {
    const { token } = socket.handshake.auth as Readonly<Record<string, unknown>>; // the client may send any JSON object
    if (token === undefined || token === null) return;
    if (typeof token !== 'string')
      throw new HeddleError('unauthorized', 'The API key in auth.token must be a text, such as "hk_…".');
    const credentials = socketCredentials(socket);
    this.claim(socket.conn, await this.parts.identity.identify(credentials), credentials);
  }

  /** Runs after the time limit: closes the connection unless it has an owner by now. */
  private async closeUnlessOwned(connection: Connection): Promise<void> {
    if (this.holdings.get(connection)?.owner !== undefined) return;
    const { request } = connection;
    try {
      const known = principalOf(connection);
      const principal = isSomebody(known) ? known : await this.shownBy(request);
      if (principal === undefined) connection.close(true);
      else this.claim(connection, principal, this.credentialsOf(request));
    } catch {
      // The key has become invalid, or the owner has too many sockets.
      connection.close(true);
    }
  }

  /** Assigns an owner to a connection: takes a slot of the owner and releases the anonymous slot. Errors: `too_many_requests`. */
  private claim(connection: Connection, principal: Principal, credentials: Credentials): void {
    const holding = this.holdings.get(connection);
    if (holding?.owner !== principal.id) {
      this.holdings.set(connection, this.takeSlot(principal, connection.request));
      holding?.release();
      // The connection may have closed while its owner was identified.
      if (connection.readyState === 'closed') this.holdings.get(connection)?.release();
    }
    this.belongs(connection, principal, credentials);
  }

  private belongs(connection: Connection, principal: Principal, credentials: Credentials): void {
    setPrincipal(connection, principal);
    if (connection.readyState !== 'closed') this.parts.follow(connection, principal, credentials);
  }

  private takeSlot(who: Principal | undefined, request: IncomingMessage): Holding {
    if (who === undefined) {
      const release = this.nobody.take(networkOf(this.parts.addressOf(request)));
      if (release !== undefined) return { owner: undefined, release };
      throw tooMany('Too many sockets of this address are not signed in.', this.parts.patienceMs / 1_000);
    }
    // The local user has no limit.
    const release = who.kind === 'local' ? () => undefined : this.owners.take(who.id);
    if (release !== undefined) return { owner: who.id, release };
    throw tooMany(
      `'${who.name}' holds ${this.parts.mostOfOne} sockets already: close some, or raise HEDDLE_PRINCIPAL_SOCKETS.`,
      retrySeconds,
    );
  }

  /**
   * Identifies the owner of a request; undefined if it is anonymous. A session that has ended counts as anonymous; the client gets the
   * error with its first request. Errors: those of an invalid key.
   */
  private async shownBy(request: IncomingMessage): Promise<Principal | undefined> {
    const shown = this.parts.identity.identify(this.credentialsOf(request));
    const principal = request.headers.authorization === undefined ? await shown.catch(() => undefined) : await shown;
    return isSomebody(principal) ? principal : undefined;
  }

  private credentialsOf(request: IncomingMessage): Credentials {
    const { headers, url = '' } = request;
    return { headers, ip: this.parts.addressOf(request), method: 'GET', url };
  }
}

function tooMany(message: string, seconds: number): HeddleError {
  return new HeddleError('too_many_requests', message, { details: { retryAfterSeconds: Math.ceil(seconds) } });
}

/** Gives the response to a request that is not an upgrade. engine.io stores it on the request. */
export function responseOf(request: IncomingMessage): ServerResponse | undefined {
  return (request as IncomingMessage & { readonly res?: ServerResponse }).res; // engine.io declares `res` only on its own request type
}

const isSomebody = (principal: Principal | undefined): principal is Principal =>
  principal !== undefined && principal.kind !== 'anonymous';

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
  /** Sockets of one network without an identity yet. */
  readonly mostOfNobody: number;
  /** Sockets of one user or key. */
  readonly mostOfOne: number;
  readonly patienceMs: number;
  /** The address of the sender, behind trusted proxies. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Closes a connection once its owner lost their rights. */
  readonly follow: (connection: Connection, principal: Principal, credentials: Credentials) => void;
}

/** The owner of the slot of a connection; undefined for nobody. */
interface Holding {
  readonly owner: string | undefined;
  readonly release: () => void;
}

/** Seconds to wait before a retry with too many sockets. */
const retrySeconds = 10;

/**
 * Limits the sockets of each owner. A session or a key in the headers is identified before a connection is made, and takes a slot of its
 * owner; a key in the first packet (`auth.token`) is identified then. A connection without an identity takes one of the few anonymous
 * slots of its network, and is closed after a time limit.
 */
export class SocketAdmission {
  private readonly nobody: SlotLimit;
  private readonly owners: SlotLimit;
  /** Admitted requests without a connection yet. */
  private readonly admitted = new WeakMap<
    IncomingMessage,
    { readonly begin: () => Holding; readonly who?: Principal }
  >();
  private readonly holdings = new WeakMap<Connection, Holding>();

  constructor(private readonly parts: AdmissionOptions) {
    this.nobody = new SlotLimit(parts.mostOfNobody);
    this.owners = new SlotLimit(parts.mostOfOne);
  }

  /** Before a connection is made: takes a slot for it. Errors: `too_many_requests`, and those of an invalid key. */
  async admit(request: IncomingMessage): Promise<void> {
    const who = await this.shownBy(request);
    const holding = this.take(who, request);
    // The slot is returned if the request ends before it becomes a connection.
    const end = responseOf(request) ?? request.socket;
    end.once('close', holding.release);
    if (end.destroyed) holding.release();
    const begin = (): Holding => {
      end.off('close', holding.release);
      return holding;
    };
    this.admitted.set(request, { begin, who });
  }

  /** A connection was made. */
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
    const cancel = time.at(time.now() + patienceMs, () => void this.ask(connection));
    connection.once('close', cancel);
  }

  /**
   * Before a socket may ask anything: its key counts like one in a header. Errors: `unauthorized`, `key_expired`, `scope_missing`,
   * `too_many_requests`.
   */
  async recognise(socket: Opened): Promise<void> {
    const { token } = socket.handshake.auth as Readonly<Record<string, unknown>>; // any JSON object of the client
    if (token === undefined || token === null) return;
    if (typeof token !== 'string')
      throw new HeddleError('unauthorized', 'The API key in auth.token must be a text, such as "hk_…".');
    const credentials = socketCredentials(socket);
    this.claim(socket.conn, await this.parts.identity.identify(credentials), credentials);
  }

  /** The time limit of an anonymous connection: closes it, unless it has an owner by now. */
  private async ask(connection: Connection): Promise<void> {
    if (this.holdings.get(connection)?.owner !== undefined) return;
    const { request } = connection;
    try {
      const known = principalOf(connection);
      const principal = isSomebody(known) ? known : await this.shownBy(request);
      if (principal === undefined) connection.close(true);
      else this.claim(connection, principal, this.credentialsOf(request));
    } catch {
      // The key became invalid, or the owner has too many sockets.
      connection.close(true);
    }
  }

  /** Gives a connection an owner: it takes a slot of the owner and returns its anonymous one. Errors: `too_many_requests`. */
  private claim(connection: Connection, principal: Principal, credentials: Credentials): void {
    const holding = this.holdings.get(connection);
    if (holding?.owner !== principal.id) {
      this.holdings.set(connection, this.take(principal, connection.request));
      holding?.release();
      // It may have closed while its owner was identified.
      if (connection.readyState === 'closed') this.holdings.get(connection)?.release();
    }
    this.belongs(connection, principal, credentials);
  }

  private belongs(connection: Connection, principal: Principal, credentials: Credentials): void {
    setPrincipal(connection, principal);
    if (connection.readyState !== 'closed') this.parts.follow(connection, principal, credentials);
  }

  private take(who: Principal | undefined, request: IncomingMessage): Holding {
    if (who === undefined) {
      const release = this.nobody.take(networkOf(this.parts.addressOf(request)));
      if (release !== undefined) return { owner: undefined, release };
      throw tooMany('Too many sockets of this address have not shown who they are.', this.parts.patienceMs / 1_000);
    }
    // The local user is not counted.
    const release = who.kind === 'local' ? () => undefined : this.owners.take(who.id);
    if (release !== undefined) return { owner: who.id, release };
    throw tooMany(
      `'${who.name}' holds ${this.parts.mostOfOne} sockets already: close some, or raise HEDDLE_PRINCIPAL_SOCKETS.`,
      retrySeconds,
    );
  }

  /**
   * Undefined for nobody. A session that has ended counts as nobody, and the error comes with the first request. Errors: those of an
   * invalid key.
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

/** The response to a request that is not an upgrade; engine.io stores it there. */
export function responseOf(request: IncomingMessage): ServerResponse | undefined {
  return (request as IncomingMessage & { readonly res?: ServerResponse }).res; // declared by engine.io for its own requests only
}

const isSomebody = (principal: Principal | undefined): principal is Principal =>
  principal !== undefined && principal.kind !== 'anonymous';

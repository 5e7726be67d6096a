import type { Principal } from '@heddle/core';
import type { IncomingHttpHeaders } from 'node:http';

/** What of a request tells who asks: an HTTP request, or the handshake of a socket. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  /** Address of the other end. */
  readonly ip: string;
  readonly method: string;
  readonly url: string;
}

/** Injects what finds out who asks. */
export const IDENTITY = Symbol('identity');

/** Finds out who asks. It never decides what they may do: that is `authorise`. */
export interface Identity {
  /** Somebody unknown is the `anonymous` principal. Errors: `session_expired`, `key_expired`, … for credentials that were good once. */
  identify(credentials: Credentials): Promise<Principal>;
}

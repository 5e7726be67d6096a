import type { Principal } from '@heddle/core';
import type { IncomingHttpHeaders } from 'node:http';

/** The parts of a request that identify its caller: an HTTP request, or the handshake of a socket. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  /** Address of the sender. */
  readonly ip: string;
  readonly method: string;
  readonly url: string;
}

/** Injects the identification of callers. */
export const IDENTITY = Symbol('identity');

/** Finds the caller. `authorise` decides what they may do. */
export interface Identity {
  /** An unknown caller is the `anonymous` principal. Errors: `session_expired`, `key_expired`, … for credentials that were valid once. */
  identify(credentials: Credentials): Promise<Principal>;
}

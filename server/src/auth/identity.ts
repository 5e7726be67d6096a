import type { Principal } from '@heddle/core';
import type { IncomingHttpHeaders } from 'node:http';

/** The parts of an HTTP request, or of a socket handshake, that identify the caller. */
export interface Credentials {
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly method: string;
  readonly url: string;
}

/** Injects the identification of callers. */
export const IDENTITY = Symbol('identity');

/** Identifies the caller. `authorise` then decides what they may do. */
export interface Identity {
  /** An unknown caller is the `anonymous` principal. Errors: `session_expired`, `key_expired`, … for credentials that were valid once. */
  identify(credentials: Credentials): Promise<Principal>;
}

import { projectHeader } from '@heddle/core';
import type { Socket } from 'socket.io';
import type { Credentials } from '../auth/identity.js';

/** The parts of a socket that show its credentials. */
export type Opened = Pick<Socket, 'handshake' | 'conn'>;

/** The address of the client of each connection, also behind trusted proxies. */
const addresses = new WeakMap<object, string>();

/** Stores the address of the client of a connection. */
export function setAddress(connection: object, address: string): void {
  addresses.set(connection, address);
}

/**
 * Reads the credentials of the handshake. Browsers cannot set headers of a socket, so its first packet may contain the key and the project.
 */
export function socketCredentials({ handshake, conn }: Opened): Credentials {
  const { token, project } = handshake.auth as Readonly<Record<string, unknown>>; // the client may send any JSON object
  return {
    headers: {
      ...handshake.headers,
      ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}),
      ...(typeof project === 'string' ? { [projectHeader]: project } : {}),
    },
    ip: addresses.get(conn) ?? conn.remoteAddress,
    method: 'GET',
    url: handshake.url,
  };
}

import { projectHeader } from '@heddle/core';
import type { Socket } from 'socket.io';
import type { Credentials } from '../auth/identity.js';

/** The credentials of a socket. */
export type Opened = Pick<Socket, 'handshake' | 'conn'>;

/** The address of each connection, behind trusted proxies. */
const addresses = new WeakMap<object, string>();

/** Stores the address of a connection. */
export function setAddress(connection: object, address: string): void {
  addresses.set(connection, address);
}

/** The credentials of the handshake. A browser cannot set headers of a socket, so its first packet may contain key and project. */
export function socketCredentials({ handshake, conn }: Opened): Credentials {
  const { token, project } = handshake.auth as Readonly<Record<string, unknown>>; // any JSON object of the client
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

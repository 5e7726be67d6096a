import { projectHeader } from '@heddle/core';
import type { Socket } from 'socket.io';
import type { Credentials } from '../auth/identity.js';

/** What of a socket tells who opened it. */
export type Opened = Pick<Socket, 'handshake' | 'conn'>;

/** The address that each connection came from, behind proxies that are believed. */
const addresses = new WeakMap<object, string>();

/** Remembers where a connection came from. */
export function setAddress(connection: object, address: string): void {
  addresses.set(connection, address);
}

/**
 * What a socket showed when it was opened. A browser sends no headers of its own with a socket, so what it says when it connects may
 * name its key and its project.
 */
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

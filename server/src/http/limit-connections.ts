import type { Server } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import { networkOf } from './network-of.js';

/** Which connections are too many. */
export interface ConnectionLimit {
  /** Of one network together (of IPv6 the /64), over all that they ask. */
  readonly most: number;
  /** Addresses that are not counted: this machine, and proxies, which speak for many. */
  readonly isExempt: (address: string) => boolean;
  /** Called with a network once, until it is below the limit again. */
  readonly onRefuse: (network: string) => void;
}

/**
 * Closes a connection at once where its network holds as many as it may, so that nobody takes all that the process can open. Nothing is
 * read of it and nothing is answered: that would cost what the limit is to save.
 *
 * @example limitConnections(server, { most: 1_000, isExempt: isLoopback, onRefuse: (network) => log.warn({ network }, 'refused') });
 */
export function limitConnections(server: Server, { most, isExempt, onRefuse }: ConnectionLimit): void {
  const open = new Map<string, number>();
  const told = new Set<string>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const network = networkOf(address);
    // An IPv4 address may come in the dress of IPv6.
    if (isExempt(isIPv4(network) ? network : address)) return;
    const count = (open.get(network) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      if (told.has(network)) return;
      told.add(network);
      onRefuse(network);
      return;
    }
    open.set(network, count);
    socket.once('close', () => {
      told.delete(network);
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}

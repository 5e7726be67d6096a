import type { Server } from 'node:http';
import { isIPv4, type Socket } from 'node:net';
import { networkOf } from '../network-of.js';

interface ConnectionLimit {
  /** The most connections of one network (IPv6: /64). */
  readonly most: number;
  /** Whether an address is not counted: this machine, and proxies, which forward for many clients. */
  readonly isExempt: (address: string) => boolean;
  /** Called once for a network that reaches the limit, and again only after it was below the limit. */
  readonly onRefuse: (network: string) => void;
}

/**
 * Closes a new connection at once if its network has reached the limit, so that one client cannot take all connections of the process. It
 * neither reads nor replies, which would cost what the limit saves.
 *
 * @example limitConnections(server, { most: 1_000, isExempt: isLoopback, onRefuse: (network) => log.warn({ network }, 'refused') });
 */
export function limitConnections(server: Server, { most, isExempt, onRefuse }: ConnectionLimit): void {
  const open = new Map<string, number>();
  const warned = new Set<string>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const network = networkOf(address);
    // An IPv4 address can be written as IPv6.
    if (isExempt(isIPv4(network) ? network : address)) return;
    const count = (open.get(network) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      if (warned.has(network)) return;
      warned.add(network);
      onRefuse(network);
      return;
    }
    open.set(network, count);
    socket.once('close', () => {
      warned.delete(network);
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}

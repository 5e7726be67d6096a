import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Finds the address of a sender for code outside routes, as `request.ip` does in a route. It trusts only the configured proxies.
 *
 * @example const addressOf = createSenderAddress(settings.trustProxy);
 */
export function createSenderAddress(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (request) => proxyAddr(request, isTrusted);
}

/** Whether an address is a trusted proxy. */
export function createIsProxy(trustProxy: readonly string[]): (address: string) => boolean {
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (address) => isIP(address) !== 0 && isTrusted(address, 0);
}

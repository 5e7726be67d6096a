import proxyAddr from '@fastify/proxy-addr';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Tells the address of who sent a request, as `request.ip` of a route does, for what meets no route. Only proxies of the setting are
 * believed.
 *
 * @example const addressOf = createSenderAddress(settings.trustProxy);
 */
export function createSenderAddress(trustProxy: readonly string[]): (request: IncomingMessage) => string {
  if (trustProxy.length === 0) return ({ socket }) => socket.remoteAddress ?? '';
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (request) => proxyAddr(request, isTrusted);
}

/** Whether an address is that of a proxy which is believed. */
export function createIsProxy(trustProxy: readonly string[]): (address: string) => boolean {
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (address) => isIP(address) !== 0 && isTrusted(address, 0);
}

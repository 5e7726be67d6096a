import { HeddleError } from '@heddle/core';
import type { FetchLike } from '@modelcontextprotocol/client';
import { checkUrl, type AllowedHost } from '../../fetch/check-url.js';
import { resolveTarget, systemResolve } from '../../fetch/resolve-host.js';
import { sendRequest } from '../../fetch/send-request.js';

const mostBytes = 256 * 1024;
const mostMs = 15_000;

/**
 * Creates a fetch for the addresses that a tool server names for signing in. These addresses are not trusted: each passes the usual address
 * check, redirects are not followed, replies are limited in size, and requests use https except to hosts that an administrator named.
 */
export function createSignInFetch(
  allowedHosts: readonly AllowedHost[],
  /** Refuses an address that must not get the secret of the client: any posted body may contain it. */
  checkHost: (url: URL) => Promise<void> = () => Promise.resolve(),
): FetchLike {
  return async (address, init = {}) => {
    const target = checkUrl(String(address), allowedHosts);
    if (target.url.protocol !== 'https:' && !target.isAllowed)
      throw new HeddleError(
        'fetch_blocked',
        `'${target.host}' must be reached over https://, because tokens would be readable otherwise.`,
      );
    if (init.method !== undefined && init.method !== 'GET') await checkHost(target.url);
    const addresses = await resolveTarget(target, systemResolve);
    const late = AbortSignal.timeout(mostMs);
    const message = await sendRequest(target, addresses, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers).entries()),
      body: bodyOf(init.body),
      signal: init.signal === undefined || init.signal === null ? late : AbortSignal.any([init.signal, late]),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of message as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > mostBytes) {
        message.destroy();
        throw new HeddleError('fetch_failed', `The reply of '${target.host}' is larger than ${mostBytes} bytes.`);
      }
      chunks.push(chunk);
    }
    const status = message.statusCode ?? 502;
    const headers = new Headers();
    for (const [name, value] of Object.entries(message.headers))
      if (typeof value === 'string') headers.set(name, value);
    const isEmpty = status === 204 || status === 205 || status === 304;
    return new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers });
  };
}

function bodyOf(body: unknown): string | undefined {
  if (body instanceof URLSearchParams) return body.toString();
  return typeof body === 'string' ? body : undefined;
}

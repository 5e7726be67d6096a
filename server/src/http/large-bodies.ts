import { HeddleError } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { setPrincipal } from '../auth/caller.js';
import { networkOf } from '../auth/network-of.js';
import type { Heddle } from '../heddle/heddle.js';
import { requestCredentials } from './access.guard.js';

/** What is read of anybody; the words of a sign-in are less. */
const mostOfAnybody = 64 * 1024;

/**
 * Keeps large bodies of those who may send none from being read: to parse one takes work, so it would be a way to stop a server without
 * any right. Called before the body is; who is found out here is not asked for again. Errors: `payload_too_large` where nobody sends so
 * much, `unauthorized` and those of `identify`, `not_found` and `trigger_not_found` for links and webhooks that are not there,
 * `too_many_requests` for those of one network that send more than begins runs there.
 */
export async function checkLargeBody(heddle: Heddle, request: FastifyRequest): Promise<void> {
  if (!isLarge(request)) return;
  const path = request.url.split('?')[0] ?? '';
  if (path.startsWith('/api/auth/'))
    throw new HeddleError('payload_too_large', `The body may have ${mostOfAnybody} bytes here.`);
  const hook = /^\/v1\/hooks\/([^/]+)$/.exec(path)?.[1];
  const token = /^\/v1\/share\/([^/]+)\//.exec(path)?.[1];
  if (hook !== undefined) {
    const { id, ratePerMinute } = heddle.doors.hooks.check(decodeURIComponent(hook));
    takeOne(heddle, request, `hook ${id}`, ratePerMinute);
    return;
  }
  if (token !== undefined) {
    const { door, config } = await heddle.doors.shareEntry.enter(token, requestCredentials(request));
    takeOne(heddle, request, `share ${door.id}`, config.ratePerMinute);
    return;
  }
  const principal = await heddle.identity.identify(requestCredentials(request));
  if (principal.kind === 'anonymous')
    throw new HeddleError('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer …".');
  setPrincipal(request, principal);
}

/** Doors that strangers know read no more large bodies of one network than they would begin runs: what refuses those comes after the reading. */
function takeOne({ accounts }: Heddle, { ip }: FastifyRequest, door: string, perMinute: number): void {
  accounts.rates.take(`large-body:${door} ${networkOf(ip)}`, perMinute);
}

/** A body whose length nobody says may be of any. */
function isLarge({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > mostOfAnybody;
}

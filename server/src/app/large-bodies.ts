import { HeddleError } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { setPrincipal } from '../auth/caller.js';
import { networkOf } from '../http/network-of.js';
import type { Identity } from '../auth/identity.js';
import type { RateLimits } from '../auth/rate-limits.js';
import type { ShareEntry } from '../channels/share/share-entry.js';
import type { HookService } from '../channels/webhooks/hook.service.js';
import { requestCredentials } from '../auth/request-credentials.js';

/** What is read of anybody; the words of a sign-in are less. */
const mostOfAnybody = 64 * 1024;

/** What tells who may send a large body. */
export interface LargeBodySources {
  readonly identity: Identity;
  readonly hooks: HookService;
  readonly shareEntry: ShareEntry;
  readonly rates: RateLimits;
}

/**
 * Keeps large bodies of those who may send none from being read: to parse one takes work, so it would be a way to stop a server without
 * any right. Called before the body is; who is found out here is not asked for again. Errors: `payload_too_large` where nobody sends so
 * much, `unauthorized` and those of `identify`, `not_found` and `trigger_not_found` for links and webhooks that are not there,
 * `too_many_requests` for those of one network that send more than begins runs there.
 */
export async function checkLargeBody(sources: LargeBodySources, request: FastifyRequest): Promise<void> {
  if (!isLarge(request)) return;
  const path = request.url.split('?')[0] ?? '';
  if (path.startsWith('/api/auth/'))
    throw new HeddleError('payload_too_large', `The body may have ${mostOfAnybody} bytes here.`);
  const hook = /^\/v1\/hooks\/([^/]+)$/.exec(path)?.[1];
  const token = /^\/v1\/share\/([^/]+)\//.exec(path)?.[1];
  if (hook !== undefined) {
    const { id, ratePerMinute } = sources.hooks.check(decodeURIComponent(hook));
    takeOne(sources.rates, request, `hook ${id}`, ratePerMinute);
    return;
  }
  if (token !== undefined) {
    const { channel, config } = await sources.shareEntry.enter(token, requestCredentials(request));
    takeOne(sources.rates, request, `share ${channel.id}`, config.ratePerMinute);
    return;
  }
  const principal = await sources.identity.identify(requestCredentials(request));
  if (principal.kind === 'anonymous')
    throw new HeddleError('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer …".');
  setPrincipal(request, principal);
}

/** Channels that strangers know read no more large bodies of one network than they would begin runs: what refuses those comes after the reading. */
function takeOne(rates: RateLimits, { ip }: FastifyRequest, channel: string, perMinute: number): void {
  rates.take(`large-body:${channel} ${networkOf(ip)}`, perMinute);
}

/** A body whose length nobody says may be of any. */
function isLarge({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > mostOfAnybody;
}

import { HeddleError } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { setPrincipal } from '../auth/caller.js';
import { networkOf } from '../http/network-of.js';
import type { Identity } from '../auth/identity.js';
import type { RateLimits } from '../auth/rate-limits.js';
import type { ShareEntry } from '../channels/share/share-entry.js';
import type { HookService } from '../channels/webhooks/hook.service.js';
import { requestCredentials } from '../auth/request-credentials.js';

/** How many bytes are read from anybody; a sign-in needs less. */
const mostOfAnybody = 64 * 1024;

/** The parts that decide who may send a large body. */
interface LargeBodySources {
  readonly identity: Identity;
  readonly hooks: HookService;
  readonly shareEntry: ShareEntry;
  readonly rates: RateLimits;
}

/**
 * Refuses a large body before it is read if its sender may not send one: parsing takes time, so anybody could slow the server down. The
 * identity that it finds is reused later. Errors: `payload_too_large` if nobody may send so much, `unauthorized` and those of `identify`,
 * `not_found` and `trigger_not_found` for links and webhooks that do not exist, `too_many_requests` for a network that sends more bodies
 * than the runs it may start.
 */
export async function checkLargeBody(sources: LargeBodySources, request: FastifyRequest): Promise<void> {
  if (!isLarge(request)) return;
  const path = request.url.split('?')[0] ?? '';
  if (path.startsWith('/api/auth/'))
    throw new HeddleError('payload_too_large', `The body may have at most ${mostOfAnybody} bytes here.`);
  const hook = /^\/v1\/hooks\/([^/]+)$/.exec(path)?.[1];
  const token = /^\/v1\/share\/([^/]+)\//.exec(path)?.[1];
  if (hook !== undefined) {
    const { id, ratePerMinute } = await sources.hooks.limitOf(decodeURIComponent(hook));
    limitBodies(sources.rates, request, `hook ${id}`, ratePerMinute);
    return;
  }
  if (token !== undefined) {
    const { channel, config } = await sources.shareEntry.enter(token, requestCredentials(request));
    limitBodies(sources.rates, request, `share ${channel.id}`, config.ratePerMinute);
    return;
  }
  const principal = await sources.identity.identify(requestCredentials(request));
  if (principal.kind === 'anonymous')
    throw new HeddleError('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer …".');
  setPrincipal(request, principal);
}

/**
 * Limits the large bodies that a public channel reads from one network to the number of runs that this network may start, because the limit
 * of runs is checked only after the body is read.
 */
function limitBodies(rates: RateLimits, { ip }: FastifyRequest, channel: string, perMinute: number): void {
  rates.take(`large-body:${channel} ${networkOf(ip)}`, perMinute);
}

/** A body of unknown length may have any size, so it counts as large. */
function isLarge({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > mostOfAnybody;
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';

/** How much of the caller's tightest rate limit is left. */
export interface RateLeft {
  readonly perMinute: number;
  readonly left: number;
}

const rates = new WeakMap<FastifyRequest, RateLeft>();
const ids = new WeakMap<FastifyRequest, string>();

/** Stores how much of the rate limit is left, for the headers of the reply. */
export function setRateLeft(request: FastifyRequest, rate: RateLeft | undefined): void {
  if (rate !== undefined) rates.set(request, rate);
}

/** The headers that clients of `/v1` read: the id of the request, and what is left of the rate limit. */
export function factsOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const id = ids.get(request) ?? `req_${randomUUID().replaceAll('-', '')}`;
  ids.set(request, id);
  const rate = rates.get(request);
  if (rate === undefined) return { 'x-request-id': id };
  const seconds = ((rate.perMinute - rate.left) * 60) / rate.perMinute;
  return {
    'x-request-id': id,
    'x-ratelimit-limit-requests': String(rate.perMinute),
    'x-ratelimit-remaining-requests': String(rate.left),
    'x-ratelimit-reset-requests': `${Math.ceil(seconds)}s`,
  };
}

/** Adds these headers to every reply under `/v1`, except to streams, which write their headers themselves. */
export function sendFacts(fastify: FastifyInstance): void {
  // oxlint-disable-next-line typescript/require-await -- without a promise, Fastify waits for a callback
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (/^\/v1(?:[/?]|$)/.test(request.url)) void reply.headers(factsOf(request));
    return payload;
  });
}

import type { FastifyReply } from 'fastify';

/** Aborts when the caller goes away before the reply is sent. */
export function closeSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // The event of the response: a connection serves many requests and would collect listeners.
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

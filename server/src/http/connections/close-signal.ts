import type { FastifyReply } from 'fastify';

/** A signal that aborts if the caller disconnects before the reply is sent. */
export function closeSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // The event of the response is used, because a connection serves many requests and would collect listeners.
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}

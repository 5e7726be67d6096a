import type { FastifyRequest } from 'fastify';

/** Aborted when the caller goes away before the reply is sent. */
export function closeSignal(request: FastifyRequest): AbortSignal {
  const controller = new AbortController();
  request.raw.socket.once('close', () => controller.abort());
  return controller.signal;
}

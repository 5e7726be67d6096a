import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * A request as the library of the protocol reads it, without its body, which is parsed already. It is aborted where the client leaves before
 * the end of the reply.
 */
export function webRequestOf(request: FastifyRequest, reply: FastifyReply): Request {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  // Nothing of the address is read but its origin, and that only to write links.
  const url = new URL('/mcp', `${request.protocol}://${request.host === '' ? 'localhost' : request.host}`);
  return new Request(url, { method: request.method, headers, signal: gone.signal });
}

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

/** An event stream whose head is sent at once, with a comment that clients ignore: otherwise it waits for the first event. */
export function begunAtOnce(response: Response): Response {
  const { body, headers, status } = response;
  if (body === null || !/^text\/event-stream/i.test(headers.get('content-type') ?? '')) return response;
  const start = (controller: TransformStreamDefaultController<Uint8Array>): void =>
    controller.enqueue(new TextEncoder().encode(':\n\n'));
  return new Response(body.pipeThrough(new TransformStream({ start })), { status, headers });
}

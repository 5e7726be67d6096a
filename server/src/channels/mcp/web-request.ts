import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Converts a request to the form that the protocol library reads, without the body, which is parsed already. It is aborted if the client
 * disconnects before the end of the reply.
 */
export function webRequestOf(request: FastifyRequest, reply: FastifyReply): Request {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  // Only the origin of the address is used, and only to write links.
  const url = new URL('/mcp', `${request.protocol}://${request.host === '' ? 'localhost' : request.host}`);
  return new Request(url, { method: request.method, headers, signal: gone.signal });
}

/** Makes an event stream send its headers at once, with a comment that clients ignore. Otherwise they would wait for the first event. */
export function begunAtOnce(response: Response): Response {
  const { body, headers, status } = response;
  if (body === null || !/^text\/event-stream/i.test(headers.get('content-type') ?? '')) return response;
  const start = (controller: TransformStreamDefaultController<Uint8Array>): void =>
    controller.enqueue(new TextEncoder().encode(':\n\n'));
  return new Response(body.pipeThrough(new TransformStream({ start })), { status, headers });
}

import type { FastifyInstance } from 'fastify';

/**
 * Reads out what is left of a body that was refused, up to `most` bytes, and keeps its connection. Many callers send all of a request
 * before they read: where the connection is closed at once, as Fastify would, they hear of a broken one and never of the reason.
 */
export function readOutRefused(fastify: FastifyInstance, most: number): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    const isCut = reply.getHeader('connection') === 'close' && !raw.complete;
    if (isCut && Number(raw.headers['content-length'] ?? 0) <= most) {
      reply.removeHeader('connection');
      let left = most;
      raw.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) raw.socket.destroy();
      });
    }
    done(null, payload);
  });
}

import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';

/**
 * Replies to a refused body at once, and then reads the rest of it, up to `most` bytes. Many clients read only after they have sent
 * everything. If the connection were closed with the reply, as Fastify and Node do, they would see a broken connection instead of the
 * reason. A connection that must be closed is closed after the body was read.
 */
export function readOutRefused(fastify: FastifyInstance, most: number): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    const isRefused = !raw.complete && hasBody(raw) && !/^multipart\//i.test(raw.headers['content-type'] ?? '');
    if (isRefused && Number(raw.headers['content-length'] ?? 0) <= most) {
      const isLast = raw.httpVersion === '1.0' || /close/i.test(raw.headers.connection ?? '');
      reply.removeHeader('connection');
      reply.raw.shouldKeepAlive = true;
      let left = most;
      raw.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) raw.socket.destroy();
      });
      if (isLast) raw.on('end', () => raw.socket.end());
    }
    done(null, payload);
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

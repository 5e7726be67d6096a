import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';

/**
 * Answers a refused body at once, and reads the rest of it, up to `most` bytes. Many clients send the whole request before they read: if
 * the connection is closed with the answer, as Fastify and Node do, they see a broken connection and never the reason. A connection that
 * must close is closed after the body was read.
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

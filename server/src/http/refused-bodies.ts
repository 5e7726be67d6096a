import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';

/**
 * Reads out what is left of a body that was refused, up to `most` bytes. Many callers send all of a request before they read: where the
 * connection is closed at once, as Fastify would, they hear of a broken one and never of the reason. Whoever wants it closed after
 * this request is answered once the body has come, as the answer ends the connection.
 */
export function readOutRefused(fastify: FastifyInstance, most: number): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    const isRefused = !raw.complete && hasBody(raw) && !/^multipart\//i.test(raw.headers['content-type'] ?? '');
    const isLast = raw.httpVersion === '1.0' || /close/i.test(raw.headers.connection ?? '');
    if (!isRefused || Number(raw.headers['content-length'] ?? 0) > most) {
      done(null, payload);
      return;
    }
    reply.removeHeader('connection');
    let isSent = false;
    const send = (): void => {
      if (isSent) return;
      isSent = true;
      done(null, payload);
    };
    if (!isLast) send();
    let left = most;
    raw.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) raw.socket.destroy();
    });
    raw.on('end', send).on('close', send);
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

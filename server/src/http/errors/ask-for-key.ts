import type { FastifyInstance } from 'fastify';

/** Says with each 401 how a caller identifies itself (RFC 6750): which scheme, and whether the key that it sent is the fault. */
export function askForKey(fastify: FastifyInstance): void {
  // oxlint-disable-next-line typescript/require-await -- without a promise, Fastify waits for a callback
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode === 401 && !reply.hasHeader('www-authenticate'))
      void reply.header(
        'www-authenticate',
        `Bearer realm="Heddle"${request.headers.authorization === undefined ? '' : ', error="invalid_token"'}`,
      );
    return payload;
  });
}

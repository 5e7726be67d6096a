import type { FastifyInstance } from 'fastify';
import { serverAddressOf } from '../../settings/server-address.js';

/**
 * Adds to each 401 reply how callers authenticate (RFC 6750): with which scheme, and whether the key that they sent is invalid. At `/mcp`
 * and `/mcp/build` it also names the document that leads programs to the authorization server (RFC 9728).
 */
export function askForKey(fastify: FastifyInstance, settings: { readonly publicUrl: string | undefined }): void {
  // oxlint-disable-next-line typescript/require-await -- without a promise, Fastify waits for a callback
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode === 401 && !reply.hasHeader('www-authenticate')) {
      const endpoint = /^\/(mcp(?:\/build)?)(?:\?|$)/.exec(request.url)?.[1];
      const scope = endpoint === 'mcp' ? 'run:published' : 'workflow:build';
      const where =
        endpoint === undefined
          ? ''
          : `, resource_metadata="${serverAddressOf(settings, request)}/.well-known/oauth-protected-resource/${endpoint}", scope="${scope}"`;
      void reply.header(
        'www-authenticate',
        `Bearer realm="Heddle"${request.headers.authorization === undefined ? '' : ', error="invalid_token"'}${where}`,
      );
    }
    return payload;
  });
}

import { HeddleError } from '@heddle/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '../common/log.js';
import { originOf } from '../socket/live-adapter.js';
import type { AllowedMethods } from '../http/allowed-methods.js';
import { checkBoundary } from '../http/bodies/check-boundary.js';
import { checkEncoding } from '../http/bodies/check-encoding.js';
import { toRequestError } from '../http/errors/error-reply.js';
import { isEmbedScript, isVisit, machinePaths, type RequestOrigin } from '../http/host-check.js';
import { securityHeaders } from '../http/security-headers.js';
import { sendError } from '../http/errors/send-error.js';
import { isForMonitors } from './served-addresses.js';

/**
 * Checks every request before any route: sets security headers, checks Host and Origin, and replies 405 for a method that the address does
 * not have.
 */
export function guardRequests(
  fastify: FastifyInstance,
  parts: {
    readonly checkHost: (origin: RequestOrigin) => void;
    /** Throws for an address that this process does not serve. */
    readonly checkAddress: (url: string) => void;
    /** Throws for a large body before it is read. */
    readonly checkBody: (request: FastifyRequest) => Promise<void>;
    readonly methodsOf: AllowedMethods;
    readonly log: Log;
  },
): void {
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers(securityHeaders);
    // Replies about runs and people must not be cached; streams and files set their own cache header.
    if (/^\/(?:api|v1|mcp)(?:[/?]|$)/.test(request.url)) void reply.header('cache-control', 'no-store');
    try {
      // A monitor requests each of many processes by its own address, which no setting can list.
      const origin = originOf(request.raw, isForMonitors(request.url));
      parts.checkHost(
        isEmbedScript(request)
          ? { ...origin, origin: undefined, secFetchSite: undefined }
          : isVisit(request)
            ? { ...origin, secFetchSite: undefined }
            : origin,
      );
      parts.checkAddress(request.url);
      checkBoundary(request.headers['content-type']);
      checkEncoding(request.headers['content-encoding']);
      await parts.checkBody(request);
    } catch (thrown) {
      const error = toRequestError(thrown);
      parts.log.warn(
        { code: error.code, host: request.headers.host, origin: request.headers.origin },
        'request refused',
      );
      await sendError(request.url, reply, error);
      return;
    }
    // A route for every method also matches QUERY, which no route answers.
    const isQuery = request.method === 'QUERY';
    if (!isUnmatched(request) && !isQuery) return;
    const methods = parts.methodsOf(request.url).filter((method) => method !== 'QUERY');
    // An address can match a route although a part of it is longer than any name. Nothing exists there.
    if (methods.length === 0 || methods.includes(request.method)) return;
    const allow = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
    void reply.header('allow', allow);
    if (request.method === 'OPTIONS') {
      await reply.status(204).send();
      return;
    }
    await sendError(
      request.url,
      reply,
      new HeddleError('method_not_allowed', `${request.method} is not answered here: use ${allow}.`, {
        details: { allow },
      }),
    );
  });
}

/** Whether no route has this address. The editor answers every address, but it does not count for addresses that cannot be pages. */
function isUnmatched(request: FastifyRequest): boolean {
  return request.is404 || (request.routeOptions.url === '/*' && machinePaths.test(request.url));
}

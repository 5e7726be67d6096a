import { HeddleError } from '@heddle/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '../common/log.js';
import { originOf } from '../socket/live-adapter.js';
import type { AllowedMethods } from '../http/allowed-methods.js';
import { checkBoundary } from '../http/check-boundary.js';
import { checkEncoding } from '../http/check-encoding.js';
import { toRequestError } from '../http/error-reply.js';
import { isEmbedScript, isVisit, machinePaths, type RequestOrigin } from '../http/host-check.js';
import { securityHeaders } from '../http/security-headers.js';
import { sendError } from '../http/send-error.js';

/** What every request meets before any route: the security headers, the check of Host and Origin, and 405 for a method that its address does not answer. */
export function guardRequests(
  fastify: FastifyInstance,
  parts: {
    readonly checkHost: (origin: RequestOrigin) => void;
    /** Refuses a large body before it is read. */
    readonly checkBody: (request: FastifyRequest) => Promise<void>;
    readonly methodsOf: AllowedMethods;
    readonly log: Log;
  },
): void {
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers(securityHeaders);
    // What is told of runs and people is in nobody's cache; streams and files say so themselves.
    if (/^\/(?:api|v1|mcp)(?:[/?]|$)/.test(request.url)) void reply.header('cache-control', 'no-store');
    try {
      const origin = originOf(request.raw);
      parts.checkHost(
        isEmbedScript(request)
          ? { host: origin.host, origin: undefined }
          : isVisit(request)
            ? { ...origin, secFetchSite: undefined }
            : origin,
      );
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
    if (!isUnmatched(request)) return;
    const methods = parts.methodsOf(request.url);
    // Of an address that would fit, a part may be longer than any name: there is nothing at it.
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

/** No route of ours has it; what the editor answers for any address counts as none where no page can be. */
function isUnmatched(request: FastifyRequest): boolean {
  return request.is404 || (request.routeOptions.url === '/*' && machinePaths.test(request.url));
}

import 'reflect-metadata';
import { steadyFace } from '@heddle/core';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { controllers, HeddleModule } from '../heddle.module.js';
import type { Published } from '../doors/published.js';
import type { Heddle } from '../heddle/heddle.js';
import { LiveAdapter } from '../live/live-adapter.js';
import { openAdmission } from '../live/open-admission.js';
import { ErrorFilter } from './error.filter.js';
import { listenForRoutes } from './allowed-methods.js';
import { toRequestError } from './error-reply.js';
import { guardRequests } from './guard-requests.js';
import { createHostCheck, isLoopback } from './host-check.js';
import { checkLargeBody } from './large-bodies.js';
import { limitConnections } from './limit-connections.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { OpenApiSource } from './openapi.controller.js';
import { loggedUrl } from './logged-url.js';
import { nestLog } from './nest-log.js';
import { noRouteSchemas } from './no-route-schemas.js';
import { parseBodies } from './parse-bodies.js';
import { readableAddress } from './readable-address.js';
import { receiveMultipart } from './receive-multipart.js';
import { readOutRefused } from './refused-bodies.js';
import { sendLargeInTurns } from './send-in-turns.js';
import { securityHeaders } from './security-headers.js';
import { sendError } from './send-error.js';
import { createIsProxy } from './sender-address.js';
import { cutSlowBodies } from './slow-bodies.js';
import { editorFolder, serveEditor } from './static-editor.js';

/** Makes the server's application around a Heddle; it does not listen yet. `editor` names another folder of the built editor. */
export async function createApp(
  heddle: Heddle,
  options: { readonly editor?: string; readonly published?: Published } = {},
): Promise<NestFastifyApplication> {
  const { settings } = heddle;
  const adapter = new FastifyAdapter({
    bodyLimit: settings.bodyLimit,
    forceCloseConnections: true,
    http: {
      headersTimeout: settings.slowSeconds * 1_000,
      connectionsCheckingInterval: Math.min(5_000, settings.slowSeconds * 250),
    },
    trustProxy: settings.trustProxy.length === 0 ? false : [...settings.trustProxy],
    routerOptions: { maxParamLength: 300 },
    rewriteUrl: readableAddress,
    schemaController: noRouteSchemas,
    // Bodies are parsed as they are: documents refuse such names themselves, with their place; schemas drop them.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    // What Fastify refuses by itself, such as an address that cannot be decoded, meets no hook and no filter.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      void sendError(request.url, reply.headers(securityHeaders), toRequestError(error)),
  });
  const checkHost = createHostCheck(settings);
  guardRequests(adapter.getInstance(), {
    checkHost,
    checkBody: (request) => checkLargeBody(heddle, request),
    methodsOf: listenForRoutes(adapter.getInstance()),
    log: heddle.log,
  });
  readOutRefused(adapter.getInstance(), settings.uploadLimit);
  sendLargeInTurns(adapter.getInstance());
  const { published, editor = editorFolder } = options;
  const root = HeddleModule.forRoot({ heddle, editor, ...(published === undefined ? {} : { published }) });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes its options as a plain object, though it declares a class
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    forceCloseConnections: true,
    abortOnError: false,
    // Signatures of webhooks are over the bytes as they came.
    rawBody: true,
    logger: nestLog(heddle.log),
  });
  const metrics = app.get(MetricsService);
  // oxlint-disable-next-line typescript/require-await -- without a promise, Fastify waits for a callback
  adapter.getInstance().addHook('onResponse', async (request, reply) => {
    heddle.log.debug(
      {
        method: request.method,
        url: loggedUrl(request.url),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
    metrics.observe({
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    });
  });
  parseBodies(app, settings.bodyLimit);
  app.useGlobalFilters(new ErrorFilter(heddle));
  app.useWebSocketAdapter(new LiveAdapter(app, checkHost, openAdmission(heddle)));
  receiveMultipart(app);
  app.get(OpenApiSource).describe(app, controllers);
  await app.init();
  cutSlowBodies(adapter.getHttpServer(), {
    limits: { patienceMs: settings.slowSeconds * 1_000, bytesPerSecond: settings.slowRate },
    time: steadyFace(heddle.clock),
    onCut: (url) => heddle.log.warn({ code: 'body_too_slow', url: loggedUrl(url) }, 'request refused'),
  });
  const isProxy = createIsProxy(settings.trustProxy);
  limitConnections(adapter.getHttpServer(), {
    most: settings.addressConnections,
    isExempt: (address) => isLoopback(address) || isProxy(address),
    onRefuse: (network) => heddle.log.warn({ network }, 'too many connections of one address: further ones are closed'),
  });
  await serveEditor(app.getHttpAdapter().getInstance(), editor);
  return app;
}

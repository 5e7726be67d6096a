import 'reflect-metadata';
import { steadySource } from '@heddle/core';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { controllers, HeddleModule } from '../heddle.module.js';
import type { Published } from '../channels/published.js';
import type { Log } from '../common/log.js';
import type { Heddle } from '../heddle/heddle.js';
import type { Settings } from '../settings/settings-table.js';
import { LiveAdapter } from '../socket/live-adapter.js';
import { openAdmission } from '../socket/open-admission.js';
import { ErrorFilter } from './error.filter.js';
import { listenForRoutes } from '../http/allowed-methods.js';
import { toRequestError } from '../http/errors/error-reply.js';
import { askForKey } from '../http/errors/ask-for-key.js';
import { sendFacts } from '../http/request-facts.js';
import { guardRequests } from './guard-requests.js';
import { createAddressCheck } from './served-addresses.js';
import { createHostCheck, isLoopback } from '../http/host-check.js';
import { checkLargeBody } from './large-bodies.js';
import { limitConnections } from '../http/connections/limit-connections.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { OpenApiSource } from './openapi.controller.js';
import { loggedUrl } from '../http/logged-url.js';
import { nestLog } from '../http/nest-log.js';
import { noRouteSchemas } from '../http/no-route-schemas.js';
import { parseBodies } from '../http/bodies/parse-bodies.js';
import { readableAddress } from '../http/readable-address.js';
import { receiveMultipart } from '../http/bodies/receive-multipart.js';
import { readOutRefused } from '../http/bodies/refused-bodies.js';
import { sendLargeInSlices } from '../http/send-in-slices.js';
import { securityHeaders } from '../http/security-headers.js';
import { answerUnreadable } from '../http/errors/unreadable-request.js';
import { sendError } from '../http/errors/send-error.js';
import { createIsProxy } from '../http/sender-address.js';
import { cutSlowBodies } from '../http/bodies/slow-bodies.js';
import { editorFolder, serveEditor } from '../http/static-editor.js';

/** Creates the application of the server, which does not listen yet. `editor` names another folder with the built editor. */
export async function createApp(
  heddle: Heddle,
  options: {
    readonly editor?: string;
    readonly published?: Published;
    /** Whether it serves more than one request: then it counts for /metrics from the start. */
    readonly isServer?: boolean;
  } = {},
): Promise<NestFastifyApplication> {
  const { settings, log } = heddle;
  const adapter = createAdapter(settings);
  const checkHost = createHostCheck(settings);
  // A command may request any address, whatever the roles of the servers beside it.
  const checkAddress = createAddressCheck(options.isServer === true ? settings : { role: 'all' });
  const { hooks, shareEntry } = heddle.channels;
  const bodySources = { identity: heddle.identity, hooks, shareEntry, rates: heddle.accounts.rates };
  askForKey(adapter.getInstance(), settings);
  sendFacts(adapter.getInstance());
  guardRequests(adapter.getInstance(), {
    checkHost,
    checkAddress,
    checkBody: (request) => checkLargeBody(bodySources, request),
    methodsOf: listenForRoutes(adapter.getInstance()),
    log,
  });
  readOutRefused(adapter.getInstance(), settings.uploadLimit);
  sendLargeInSlices(adapter.getInstance());
  const { published, editor = editorFolder } = options;
  const root = HeddleModule.forRoot({ heddle, editor, published });
  // oxlint-disable-next-line typescript/no-unsafe-class-instance-assignment -- Nest takes its options as a plain object, though it declares a class
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    forceCloseConnections: true,
    abortOnError: false,
    // Signatures of webhooks cover the raw bytes of the body.
    rawBody: true,
    logger: nestLog(log),
  });
  const metrics = app.get(MetricsService);
  if (options.isServer === true) metrics.start();
  observeReplies(adapter, log, metrics);
  parseBodies(app, settings.bodyLimit);
  app.useGlobalFilters(new ErrorFilter(log));
  const checkSocket: typeof checkHost = (origin) => {
    checkHost(origin);
    checkAddress('/socket.io');
  };
  app.useWebSocketAdapter(new LiveAdapter(app, checkSocket, openAdmission(heddle)));
  receiveMultipart(app);
  app.get(OpenApiSource).describe(app, controllers);
  await app.init();
  limitSlowAndMany(adapter, heddle);
  await serveEditor(app.getHttpAdapter().getInstance(), editor);
  return app;
}

function createAdapter(settings: Settings): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: settings.bodyLimit,
    forceCloseConnections: true,
    http: {
      headersTimeout: settings.slowSeconds * 1_000,
      connectionsCheckingInterval: Math.min(5_000, settings.slowSeconds * 250),
    },
    clientErrorHandler: answerUnreadable,
    trustProxy: settings.trustProxy.length === 0 ? false : [...settings.trustProxy],
    routerOptions: { maxParamLength: 300 },
    rewriteUrl: readableAddress,
    schemaController: noRouteSchemas,
    // Bodies are parsed unchanged: documents refuse dangerous names and say where they are; schemas drop them.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    // Fastify's own errors, such as an address that cannot be decoded, bypass all hooks and filters.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      void sendError(request.url, reply.headers(securityHeaders), toRequestError(error)),
  });
}

/** Reports each reply to the log and the metrics. */
function observeReplies(adapter: FastifyAdapter, log: Log, metrics: MetricsService): void {
  // oxlint-disable-next-line typescript/require-await -- without a promise, Fastify waits for a callback
  adapter.getInstance().addHook('onResponse', async ({ method, url, routeOptions }, { statusCode, elapsedTime }) => {
    log.debug({ method, url: loggedUrl(url), status: statusCode, ms: Math.round(elapsedTime) }, 'request');
    metrics.observe({ method, route: routeOptions.url, status: statusCode, seconds: elapsedTime / 1_000 });
  });
}

/** Ends bodies that arrive too slowly, and closes connections of an address that has too many. */
function limitSlowAndMany(adapter: FastifyAdapter, { settings, clock, log }: Heddle): void {
  cutSlowBodies(adapter.getHttpServer(), {
    limits: { patienceMs: settings.slowSeconds * 1_000, bytesPerSecond: settings.slowRate },
    time: steadySource(clock),
    onCut: (url) => log.warn({ code: 'body_too_slow', url: loggedUrl(url) }, 'request refused'),
  });
  const isProxy = createIsProxy(settings.trustProxy);
  limitConnections(adapter.getHttpServer(), {
    most: settings.addressConnections,
    isExempt: (address) => isLoopback(address) || isProxy(address),
    onRefuse: (network) => log.warn({ network }, 'too many connections from one address: further ones are closed'),
  });
}

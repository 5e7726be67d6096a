import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SourceConnectorSubject, SourceFaults } from '@heddle/core/testing';
import { openTestSite } from './test-site.js';
import { testFetchWith } from './source-request.js';

/** A request that the double received. */
export interface ServiceCall {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

/** The answer of the double: JSON or a file. Undefined means 404. */
export type ServiceReply = { readonly headers?: Readonly<Record<string, string>> } & (
  { readonly json: unknown; readonly status?: number } | { readonly file: string; readonly type?: string }
);

/** A test double of a service with a JSON API. It can simulate the faults that the suite of connectors needs. */
export interface TestService {
  /** The address of the service for a connector. */
  readonly server: string;
  /** The address for other clients. */
  readonly local: string;
  readonly asked: readonly string[];
  readonly request: NonNullable<SourceConnectorSubject['request']>;
  readonly faults: Required<Pick<SourceFaults, 'limit' | 'setToken' | 'cutPages'>>;
  close(): Promise<void>;
}

export interface TestServiceOptions {
  readonly answer: (call: ServiceCall) => ServiceReply | undefined;
  /** The replies to a failed sign-in and to too many requests. */
  readonly refused: { readonly status: number; readonly json: unknown };
  readonly limited?: { readonly status: number; readonly json: unknown };
  /** The expected authorization header. Default: `Bearer` with the token of the test. */
  readonly authorization?: string;
  /** A path without sign-in, because it is the sign-in. */
  readonly open?: string;
}

const missing: ServiceReply = { json: { message: 'Not found' }, status: 404 };

/** The secret in all tests. */
export const testToken = 'token-of-the-test';

/** Starts the double. @example const service = await openTestService({ answer: ({ url }) => pages.get(url.pathname), refused }); */
export async function openTestService({ answer, refused, ...options }: TestServiceOptions): Promise<TestService> {
  const { authorization = `Bearer ${testToken}`, limited = { status: 429, json: { message: 'Too many requests' } } } =
    options;
  const site = await openTestSite();
  const asked: string[] = [];
  let limits = { times: 0, retryAfterMs: 0 };
  let isTokenValid = true;
  let cut = 0;
  site.before = (request, response) => {
    void bodyOf(request).then((body) => respond(request, response, body));
    return true;
  };
  /** The reply of a simulated fault; undefined if the request may pass. */
  const faultOf = ({ url, headers }: IncomingMessage): ServiceReply | undefined => {
    const isSignedIn = headers.authorization === authorization || url === options.open;
    if (!isTokenValid || !isSignedIn) return refused;
    if (limits.times === 0 || url === options.open) return undefined;
    limits.times -= 1;
    return { ...limited, headers: { 'retry-after': String(limits.retryAfterMs / 1_000) } };
  };
  const respond = (request: IncomingMessage, response: ServerResponse, body: unknown): void => {
    const { method = 'GET', url = '/', headers } = request;
    const fault = faultOf(request);
    if (fault === undefined) asked.push(`${method} ${url}`);
    const given = fault ?? answer({ method, url: new URL(url, site.at('/')), body, headers }) ?? missing;
    const whole = 'json' in given ? JSON.stringify(given.json) : given.file;
    const type = 'json' in given ? 'application/json' : (given.type ?? 'application/octet-stream');
    const status = 'json' in given ? (given.status ?? 200) : 200;
    // The HTTP reply is complete, but its JSON is cut off.
    const isCut = cut > 0 && status === 200;
    if (isCut) cut -= 1;
    response.writeHead(status, { 'content-type': type, ...given.headers });
    response.end(isCut ? whole.slice(0, whole.length / 2) : whole);
  };
  return {
    server: site.at(''),
    local: site.at('', '127.0.0.1'),
    asked,
    request: {
      ...testFetchWith(site.port, testToken),
      secret: { handle: { name: 'service' }, valueFor: () => Promise.resolve(testToken) },
    },
    faults: {
      limit: (times, retryAfterMs) => void (limits = { times, retryAfterMs }),
      setToken: (isValid) => void (isTokenValid = isValid),
      cutPages: (times) => void (cut = times),
    },
    close: () => site.close(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (text === '') return undefined;
  return request.headers['content-type'] === 'application/json' ? JSON.parse(text) : text;
}

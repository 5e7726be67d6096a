import { afterEach } from '@jest/globals';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkRequest } from './check-request.js';
import { hasRecordings } from './recorded.js';

/** A request as the stand-in got it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What it answers: nothing at all where undefined. */
export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> } | undefined;

/** A local server instead of Qdrant. */
export interface StandIn {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** What the requests did that the real server's description does not allow. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}

/** Starts a stand-in; every request is checked against the description where that is on this machine. */
export async function startStandIn(answer: (asked: Asked) => Answer): Promise<StandIn> {
  const asked: Asked[] = [];
  const violations: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { pathname, search } = new URL(request.url ?? '/', 'http://stand-in');
      const seen: Asked = { method: request.method ?? '', path: decodeURIComponent(pathname), query: search, headers: request.headers, body: text === '' ? undefined : JSON.parse(text) };
      asked.push(seen);
      if (hasRecordings) violations.push(...checkRequest(seen.method, request.url ?? '/', seen.body));
      const reply = answer(seen);
      if (reply === undefined) return;
      const isText = typeof reply.body === 'string';
      response.writeHead(reply.status, { 'content-type': isText ? 'text/plain' : 'application/json', ...reply.headers });
      response.end(isText ? (reply.body as string) : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    violations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Starts stand-ins for the tests of a file, and closes them after each test. */
export function standInsOfTests(): (answer: (asked: Asked) => Answer) => Promise<StandIn> {
  let open: StandIn[] = [];
  afterEach(async () => {
    await Promise.all(open.map(async (started) => started.close()));
    open = [];
  });
  return async (answer) => {
    const started = await startStandIn(answer);
    open.push(started);
    return started;
  };
}

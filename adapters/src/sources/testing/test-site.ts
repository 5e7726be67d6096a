import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The answer for a path of the site. */
export interface TestPage {
  readonly body: string | Uint8Array;
  readonly type?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A web site on this machine that a test can change. It supports conditional requests. */
export interface TestSite {
  readonly port: number;
  readonly pages: Map<string, TestPage | ((request: IncomingMessage, response: ServerResponse) => void)>;
  /** The requested paths, with the status of each answer. */
  readonly asked: { readonly path: string; readonly status: number }[];
  /** Called first. Returns true if it has answered the request. */
  before: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  at(path: string, host?: string): string;
  close(): Promise<void>;
}

/** Starts the site. @example const site = await openTestSite(); site.pages.set('/', { body: '<a href="/a">a</a>' }); */
export async function openTestSite(): Promise<TestSite> {
  const pages: TestSite['pages'] = new Map();
  const asked: { path: string; status: number }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    response.once('finish', () => asked.push({ path, status: response.statusCode }));
    if (site.before?.(request, response) === true) return;
    const page = pages.get(path);
    if (typeof page === 'function') page(request, response);
    else send(request, response, page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const site: TestSite = {
    port,
    pages,
    asked,
    before: undefined,
    at: (path, host = 'site.test') => `http://${host}:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return site;
}

function send(request: IncomingMessage, response: ServerResponse, page: TestPage | undefined): void {
  if (page === undefined) {
    response.writeHead(404, { 'content-type': 'text/html' }).end('nothing here');
    return;
  }
  const { body, type = 'text/html; charset=utf-8', status = 200, headers = {} } = page;
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  if (status === 200 && request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
  else response.writeHead(status, { 'content-type': type, etag, ...headers }).end(body);
}

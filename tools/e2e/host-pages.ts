import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A website of another vendor on loopback, under a host name that browsers treat as a different site than Heddle's. */
export interface HostPages {
  readonly origin: string;
  /** Serves a page at a path with this body; returns its URL. */
  put(path: string, body: string): string;
  stop(): Promise<void>;
}

/** Starts the website. Its pages have a strict content security policy: only scripts from Heddle, and no inline styles. */
export async function startHostPages(heddle: string): Promise<HostPages> {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const body = pages.get(request.url ?? '');
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src ${heddle}; frame-src ${heddle}; style-src 'self'; img-src data:`,
    });
    const head =
      '<meta name="viewport" content="width=device-width"><title>Shop</title><link rel="icon" href="data:,">';
    response.end(`<!doctype html><html lang="en"><head>${head}</head><body><h1>Shop</h1>${body ?? ''}</body></html>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // the server listens on a port
  const origin = `http://localhost:${port}`;
  return {
    origin,
    put: (path, body) => {
      pages.set(path, body);
      return `${origin}${path}`;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

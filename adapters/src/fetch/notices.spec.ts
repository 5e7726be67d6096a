import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSafeFetch } from './create-safe-fetch.js';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function tell(listener: RequestListener, options: { maxBytes?: number; timeoutMs?: number } = {}) {
  server = createServer((request, response) => void request.resume().on('end', () => listener(request, response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const fetcher = createSafeFetch({ allowedHosts: ['127.0.0.1'] });
  const reply = await fetcher.fetch({ url, method: 'POST', body: '{}', isNotice: true, ...options });
  return { status: reply.status, headers: reply.headers, text: new TextDecoder().decode(reply.body) };
}

describe('a notice', () => {
  it('follows no redirect: the first answer counts', async () => {
    const asked: (string | undefined)[] = [];
    const reply = await tell(({ url }, response) => {
      asked.push(url);
      if (url === '/in') response.writeHead(302, { location: '/other' });
      response.end('moved');
    });
    expect(reply).toMatchObject({ status: 302, headers: { location: '/other' }, text: 'moved' });
    expect(asked).toEqual(['/in']);
  });

  it('reports its status, however long the body is', async () => {
    const reply = await tell((_request, response) => void response.end('x'.repeat(1_000_000)), { maxBytes: 100 });
    expect(reply).toMatchObject({ status: 200, text: 'x'.repeat(100) });
  });

  it.each<[string, RequestListener]>([
    ['breaks off', (_request, response) => void response.write('half', () => response.destroy())],
    ['never ends', (_request, response) => void response.write('half')],
  ])('reports its status when the body %s', async (_name, listener) => {
    expect(await tell(listener, { timeoutMs: 2_000 })).toMatchObject({ status: 200, text: 'half' });
  });

  it('reports its status when the body cannot be decoded', async () => {
    const reply = await tell((_request, response) => void response.writeHead(204, { 'content-encoding': 'odd' }).end());
    expect(reply.status).toBe(204);
  });
});

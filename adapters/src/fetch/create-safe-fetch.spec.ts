import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from './create-safe-fetch.js';

type Handle = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;
const seen: { url: string; method: string; headers: IncomingMessage['headers']; text: string }[] = [];
const routes = new Map<string, Handle>();

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers, text });
      const handle = routes.get((request.url ?? '').split('?')[0] ?? '');
      if (handle === undefined) response.writeHead(404).end('nothing here');
      else handle(Object.assign(request, { text }), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** `site.test` and `other.test` stand for the loopback server; `inside.test` for an address that is not allowed. */
const resolve = async (host: string) => [{ address: host === 'evil.test' ? '10.0.0.1' : '127.0.0.1', family: 4 }];
const make = (options: Parameters<typeof createSafeFetch>[0] = {}) =>
  createSafeFetch({ allowedHosts: ['site.test', 'other.test'], resolve, ...options });
const at = (path: string, host = 'site.test'): string => `http://${host}:${port}${path}`;
const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);

describe('createSafeFetch', () => {
  it('fetches from a checked address, with method, headers and body', async () => {
    routes.set('/echo', (request, response) =>
      response
        .writeHead(201, { 'content-type': 'text/x', 'set-cookie': ['a=1', 'b=2'] })
        .end(`${request.method} ${request.text}`),
    );
    const reply = await make().fetch({
      url: at('/echo?q=1#f'),
      method: 'POST',
      headers: { 'X-Own': '1', Host: 'evil', Connection: 'keep-alive', 'Content-Length': '99' },
      body: 'hé',
    });
    expect(reply).toMatchObject({
      status: 201,
      headers: { 'content-type': 'text/x', 'set-cookie': 'a=1, b=2' },
      url: at('/echo?q=1#f'),
    });
    expect(textOf(reply.body)).toBe('POST hé');
    expect(seen.at(-1)?.headers).toMatchObject({
      'x-own': '1',
      host: `site.test:${port}`,
      'content-length': '3',
      'user-agent': 'Heddle',
    });
  });

  it('connects to no address that is not allowed, whatever the name resolves to', async () => {
    const before = seen.length;
    for (const url of [
      `http://127.0.0.1:${port}/echo`,
      `http://localhost:${port}/echo`,
      `http://2130706433:${port}/`,
      at('/echo', 'public.example'),
      at('/echo', 'evil.test'),
    ]) {
      await expect(make().fetch({ url })).rejects.toMatchObject({ code: 'fetch_blocked' });
    }
    expect(seen).toHaveLength(before);
  });

  it('resolves a name once per hop, so that a second answer cannot lead elsewhere', async () => {
    let calls = 0;
    const rebinding = async () => [{ address: calls++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    expect((await make({ resolve: rebinding }).fetch({ url: at('/echo') })).status).toBe(201);
    expect(calls).toBe(1);
  });

  it('checks every redirect, and follows five of them', async () => {
    routes.set('/to-inside', (_request, response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    );
    routes.set('/to-evil', (_request, response) => response.writeHead(302, { location: at('/', 'evil.test') }).end());
    routes.set('/to-file', (_request, response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end());
    routes.set('/to-user', (_request, response) =>
      response.writeHead(301, { location: `http://a:b@site.test:${port}/` }).end(),
    );
    for (const path of ['/to-inside', '/to-evil', '/to-file', '/to-user'])
      await expect(make().fetch({ url: at(path) })).rejects.toMatchObject({ code: 'fetch_blocked' });

    for (let step = 0; step < 6; step += 1)
      routes.set(`/chain${step}`, (_request, response) =>
        response.writeHead(307, { location: `chain${step + 1}` }).end(),
      );
    routes.set('/chain6', (_request, response) => response.end('end'));
    expect(textOf((await make().fetch({ url: at('/chain1') })).body)).toBe('end');
    await expect(make().fetch({ url: at('/chain0') })).rejects.toMatchObject({
      code: 'fetch_failed',
      retryable: false,
      message: expect.stringContaining('more than 5'),
    });
    routes.set('/bad', (_request, response) => response.writeHead(302, { location: 'http://[' }).end());
    await expect(make().fetch({ url: at('/bad') })).rejects.toMatchObject({ code: 'fetch_failed' });
    expect((await make().fetch({ url: at('/chain1') })).url).toBe(at('/chain6'));
  });

  it('drops all credentials when a redirect leads to another site', async () => {
    const headers = {
      authorization: 'Bearer s',
      cookie: 'a=1',
      'x-api-key': 'k',
      'idempotency-key': 'i',
      accept: 'text/x',
    };
    routes.set('/away', (_request, response) => response.writeHead(302, { location: at('/echo', 'other.test') }).end());
    routes.set('/stay', (_request, response) => response.writeHead(302, { location: '/echo' }).end());
    await make().fetch({ url: at('/stay'), headers });
    expect(seen.at(-1)?.headers).toMatchObject(headers);
    await make().fetch({ url: at('/away'), headers });
    expect(Object.keys(seen.at(-1)?.headers ?? {})).toEqual(
      expect.not.arrayContaining(['authorization', 'cookie', 'x-api-key', 'idempotency-key']),
    );
    expect(seen.at(-1)?.headers).toMatchObject({ accept: 'text/x' });
  });

  it('sends a body again only when the status says so', async () => {
    for (const [status, method, text] of [
      [301, 'GET', ''],
      [302, 'GET', ''],
      [303, 'GET', ''],
      [307, 'POST', 'x'],
      [308, 'POST', 'x'],
    ] as const) {
      routes.set('/redirect', (_request, response) => response.writeHead(status, { location: '/echo' }).end());
      await make().fetch({
        url: at('/redirect'),
        method: 'POST',
        body: 'x',
        headers: { 'content-type': 'text/plain' },
      });
      expect(seen.at(-1)).toMatchObject({ method, text });
      expect(seen.at(-1)?.headers['content-type']).toBe(method === 'GET' ? undefined : 'text/plain');
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const)('reads %s, and cuts a body that expands without end', async (encoding, compress) => {
    routes.set('/small', (_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('hello'))),
    );
    const small = await make().fetch({ url: at('/small') });
    expect([textOf(small.body), small.headers['content-encoding']]).toEqual(['hello', undefined]);
    const bomb = compress(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    routes.set('/bomb', (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bomb));
    await expect(make().fetch({ url: at('/bomb'), maxBytes: 100_000 })).rejects.toMatchObject({
      code: 'fetch_too_large',
    });
  });

  it('bounds the size, announced or not', async () => {
    routes.set('/announced', (_request, response) =>
      response.writeHead(200, { 'content-length': '1000' }).end('x'.repeat(1000)),
    );
    routes.set('/endless', (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.once('close', () => clearInterval(timer));
    });
    await expect(make().fetch({ url: at('/announced'), maxBytes: 999 })).rejects.toMatchObject({
      code: 'fetch_too_large',
      details: { limit: 999 },
    });
    await expect(make().fetch({ url: at('/endless'), maxBytes: 100_000 })).rejects.toMatchObject({
      code: 'fetch_too_large',
    });
    expect((await make().fetch({ url: at('/announced'), maxBytes: 1000 })).body).toHaveLength(1000);
  });

  it('bounds the time of the whole exchange, and stops when the caller does', async () => {
    routes.set('/silent', () => undefined);
    routes.set('/dripping', (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 10);
      response.once('close', () => clearInterval(timer));
    });
    for (const path of ['/silent', '/dripping']) {
      await expect(make().fetch({ url: at(path), timeoutMs: 100 })).rejects.toMatchObject({
        code: 'fetch_timeout',
        message: "'site.test' did not answer within 100 ms.",
        retryable: true,
      });
      await expect(make().fetch({ url: at(path), signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
        code: 'aborted',
      });
    }
    await expect(
      make({ resolve: () => new Promise(() => undefined) }).fetch({ url: at('/echo'), timeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'fetch_timeout' });
    await expect(make().fetch({ url: at('/echo'), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('reports why there is no reply', async () => {
    routes.set('/cut', (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 10);
    });
    routes.set('/garbled', (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    );
    routes.set('/stacked', (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end('x'),
    );
    for (const path of ['/cut', '/garbled', '/stacked'])
      await expect(make().fetch({ url: at(path) })).rejects.toMatchObject({ code: 'fetch_failed' });
    await expect(make({ allowedHosts: ['site.test'] }).fetch({ url: 'http://site.test:1/' })).rejects.toMatchObject({
      code: 'fetch_failed',
      message: expect.stringContaining('nothing answers'),
    });
    await expect(make().fetch({ url: `https://site.test:${port}/` })).rejects.toMatchObject({ code: 'fetch_failed' });
    expect((await make().fetch({ url: at('/missing') })).status).toBe(404);
  });

  it('reads no body of a HEAD reply, and reports where data is sent', async () => {
    routes.set('/head', (_request, response) => response.writeHead(200, { 'content-length': '10000000000' }).end());
    expect((await make().fetch({ url: at('/head'), method: 'HEAD' })).body).toHaveLength(0);
    expect(createSafeFetch({ clearance: 'public' }).destination).toEqual({
      name: 'web',
      clearance: 'public',
      isLocal: false,
    });
  });
});

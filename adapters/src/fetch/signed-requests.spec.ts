import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from './create-safe-fetch.js';
import type { Credential } from './credential.js';

const value = 'canary-"h\\e/a&d<er+=';
type Handle = (request: IncomingMessage, response: ServerResponse) => void;

describe('a request that carries a secret', () => {
  const seen: { url: string; host: string; headers: IncomingMessage['headers'] }[] = [];
  const routes = new Map<string, Handle>();
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? '';
      seen.push({ url, host: request.headers.host ?? '', headers: request.headers });
      (routes.get(url.split('?')[0] ?? '') ?? ((_, reply) => reply.end('ok')))(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen.length = 0;
    reads = 0;
  });

  let reads = 0;
  const web = createSafeFetch({
    allowedHosts: ['site.test', 'other.test', '127.0.0.1', '*.site.test'],
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const at = (path: string, host = 'site.test'): string => `http://${host}:${port}${path}`;
  const credential = (more: Partial<Credential> = {}): Credential => ({
    name: 'key',
    hosts: [`site.test:${port}`],
    needsHost: false,
    header: 'authorization',
    scheme: 'bearer',
    user: '',
    value: async () => {
      reads += 1;
      return value;
    },
    ...more,
  });
  const carried = (): unknown[] => seen.map(({ headers }) => headers.authorization ?? headers['x-key']);

  it.each([
    ['bearer', {}, `Bearer ${value}`],
    ['plain', { header: 'X-Key' }, value],
    ['basic', { user: 'ü' }, `Basic ${Buffer.from(`ü:${value}`).toString('base64')}`],
  ] as const)('has the secret in its header, as %s', async (scheme, more, header) => {
    const reply = await web.fetch({ url: at('/') }, credential({ scheme, ...more }));
    expect([reply.status, carried()]).toEqual([200, [header]]);
  });

  it.each([
    () => at('/', 'other.test'),
    () => at('/', '127.0.0.1'),
    () => at('/', 'sub.site.test'),
    () => `http://site.test:${port + 1}/`,
    () => 'http://site.test/',
    () => `https://site.test:${port === 443 ? 1 : 443}/`,
  ])('is not sent to a host without permission, and the secret is not even read', async (address) => {
    await expect(web.fetch({ url: address() }, credential())).rejects.toMatchObject({
      code: 'secret_host_refused',
      retryable: false,
    });
    expect([seen, reads]).toEqual([[], 0]);
  });

  it('is refused when the hosts of its secret are unknown', async () => {
    for (const more of [{ hosts: [] }, { hosts: ['a.example'], needsHost: true }])
      await expect(web.fetch({ url: at('/') }, credential(more))).rejects.toMatchObject({ code: 'secret_needs_host' });
    expect([seen, reads]).toEqual([[], 0]);
  });

  it('recognises a host in any spelling', async () => {
    for (const host of ['SITE.test', 'site.test.']) await web.fetch({ url: at('/', host) }, credential());
    expect(carried()).toEqual([`Bearer ${value}`, `Bearer ${value}`]);
    await expect(
      web.fetch({ url: `http://site.test:${port}@other.test:${port}/` }, credential()),
    ).rejects.toMatchObject({
      code: 'fetch_blocked',
    });
  });

  it.each([301, 302, 303, 307, 308])(
    'keeps the secret on a redirect to the same site and loses it at any other: %i',
    async (status) => {
      routes.set('/near', (_request, reply) => reply.writeHead(status, { location: '/there' }).end());
      routes.set('/far', (_request, reply) => reply.writeHead(status, { location: at('/evil', 'other.test') }).end());
      // The redirect returns to the allowed host, but the secret stays removed.
      routes.set('/evil', (_request, reply) => reply.writeHead(status, { location: at('/there') }).end());
      await web.fetch({ url: at('/near') }, credential());
      await web.fetch({ url: at('/far') }, credential());
      expect(carried()).toEqual([`Bearer ${value}`, `Bearer ${value}`, `Bearer ${value}`, undefined, undefined]);
    },
  );

  it('loses the secret even at another host that its card names', async () => {
    routes.set('/far', (_request, reply) => reply.writeHead(302, { location: at('/x', 'other.test') }).end());
    await web.fetch({ url: at('/far') }, credential({ hosts: [`site.test:${port}`, `other.test:${port}`] }));
    expect(carried()).toEqual([`Bearer ${value}`, undefined]);
  });

  it('contains no secret that a redirect repeats in its address', async () => {
    routes.set('/leak', (request, reply) =>
      reply
        .writeHead(302, {
          location: at(`/x?k=${encodeURIComponent(request.headers.authorization ?? '')}`, 'other.test'),
        })
        .end(),
    );
    const reply = await web.fetch({ url: at('/leak') }, credential());
    expect(seen[1]?.url).toMatch(/^\/x\?k=.*secret/);
    expect(seen[1]?.url).not.toMatch(/canary/);
    expect(reply.url).not.toMatch(/canary/);
  });

  it('hides the secret in a reply that repeats it, in any form', async () => {
    const json = JSON.stringify(value).slice(1, -1);
    const forms = [
      value,
      JSON.stringify({ a: value }),
      JSON.stringify({ a: JSON.stringify({ b: value }) }),
      json.replaceAll('/', '\\/'),
      encodeURIComponent(value),
      new URLSearchParams({ v: value }).toString(),
      Buffer.from(value).toString('base64'),
      Buffer.from(`ada:${value}`).toString('base64'),
      Buffer.from(`u:${value}`).toString('base64url'),
      Buffer.from(value).toString('hex'),
      value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    ];
    for (const form of forms) {
      routes.set('/echo', (_request, reply) =>
        reply.writeHead(200, { 'x-echo': form, 'content-encoding': 'gzip' }).end(gzipSync(`before ${form} behind é`)),
      );
      const { headers, body } = await web.fetch({ url: at('/echo') }, credential({ scheme: 'basic', user: 'ada' }));
      const text = new TextDecoder().decode(body);
      expect(text).toMatch(/^before .*\[secret\].* behind é$/);
      for (const part of [text, headers['x-echo'] ?? ''])
        expect([form, part.includes(form), part.includes('canary')]).toEqual([form, false, false]);
    }
    for (const encoding of ['utf16le', 'latin1'] as const) {
      routes.set('/wide', (_request, reply) => reply.end(Buffer.from(`a ${value} b`, encoding)));
      const { body } = await web.fetch({ url: at('/wide') }, credential());
      expect(Buffer.from(body).toString(encoding)).not.toContain('canary');
    }
  });

  it('leaves every other byte of a reply unchanged', async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    routes.set('/bytes', (_request, reply) => reply.end(Buffer.concat([bytes, Buffer.from(value), bytes])));
    const { body } = await web.fetch({ url: at('/bytes') }, credential());
    expect(Buffer.from(body).equals(Buffer.concat([bytes, Buffer.from('[secret]'), bytes]))).toBe(true);
  });

  it('refuses a header of the connection, an invalid name, and a value that would start another header', async () => {
    for (const header of ['Host', 'content-length', 'a b', 'x\r\ny', ''])
      await expect(web.fetch({ url: at('/') }, credential({ header }))).rejects.toMatchObject({ code: 'fetch_failed' });
    const broken = web.fetch({ url: at('/') }, credential({ value: async () => 'canary\r\nx-evil: 1' }));
    await expect(broken).rejects.toMatchObject({
      code: 'fetch_failed',
      message: expect.not.stringContaining('canary'),
    });
    expect(seen).toEqual([]);
  });

  it('contains no secret in its errors', async () => {
    routes.set('/odd', (_request, reply) =>
      reply.writeHead(200, { 'content-encoding': 'canary-odd-encoding' }).end('x'),
    );
    const failed = web.fetch({ url: at('/odd') }, credential({ value: async () => 'canary-odd-encoding' }));
    await expect(failed).rejects.toMatchObject({ code: 'fetch_failed', message: expect.stringContaining('[secret]') });
  });
});

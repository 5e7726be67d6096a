import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSafeFetch } from './create-safe-fetch.js';

/** Requests to the canary: no address from a user, a model or a document may reach it. */
let canaryHits = 0;
let port = 0;
/** The port of an allowed site, which answers with the redirect that a test sets. */
let sitePort = 0;
let location = '';
const servers: Server[] = [];

async function listen(server: Server, host: string, at = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, host, resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}
const canary = (): Server =>
  createServer((_request, response) => {
    canaryHits += 1;
    response.end('secret');
  }).on('connection', () => (canaryHits += 1));

beforeAll(async () => {
  port = await listen(canary(), '127.0.0.1');
  // The same port on IPv6, where this machine has it.
  await listen(canary(), '::1', port).catch(() => undefined);
  sitePort = await listen(
    createServer((_request, response) => response.writeHead(307, { location }).end()),
    '127.0.0.1',
  );
});
afterAll(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});
beforeEach(() => {
  canaryHits = 0;
});

/** Resolves every name to this machine, as a hostile name server would. */
const hostile = async (host: string) => [
  { address: host.includes('v6') ? '::1' : '127.0.0.1', family: host.includes('v6') ? 6 : 4 },
];
const fetchFrom = (url: string, resolve = hostile) =>
  createSafeFetch({ allowedHosts: [`site.test:${sitePort}`], resolve }).fetch({ url, timeoutMs: 5_000 });

/** Spellings of this machine, the network around it and the services of clouds; PORT is the port of the canary. */
const vectors = [
  // Plain
  'http://127.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://LocalHost:PORT/',
  'http://localhost.:PORT/',
  'http://x.localhost:PORT/',
  'http://127.0.0.2:PORT/',
  'http://127.255.255.254:PORT/',
  'http://0.0.0.0:PORT/',
  'http://0:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  // Decimal, octal, hexadecimal, short
  'http://2130706433:PORT/',
  'http://017700000001:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://0177.0.0.01:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7F.0x0.0x0.0x1:PORT/',
  'http://0x7f.1:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://127.000.000.001:PORT/',
  'http://127.0.0.1.:PORT/',
  // Other scripts and escapes
  'http://１２７.０.０.１:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://%31%32%37.0.0.1:PORT/',
  'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/',
  'http://loc\talhost:PORT/',
  'http://loc\nalhost:PORT/',
  ' http://127.0.0.1:PORT/ ',
  'http:127.0.0.1:PORT/',
  'http:/127.0.0.1:PORT/',
  'http:///127.0.0.1:PORT/',
  'http:\\\\127.0.0.1:PORT\\',
  // IPv6 around IPv4
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[0:0:0:0:0:FFFF:7F00:0001]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://[64:ff9b:1::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001:0:7f00:1::]:PORT/',
  'http://[::ffff:0:127.0.0.1]:PORT/',
  // User names before the host
  'http://example.com@127.0.0.1:PORT/',
  'http://example.com:80@127.0.0.1:PORT/',
  'http://user:password@localhost:PORT/',
  'http://example.com%40127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@example.com/',
  'http://127.0.0.1:PORT#@example.com/',
  'http://127.0.0.1:PORT?@example.com/',
  // Networks, link-local, metadata
  'http://10.0.0.1:PORT/',
  'http://172.16.0.1:PORT/',
  'http://192.168.0.1:PORT/',
  'http://100.64.0.1:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.170.2/v2/credentials/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[fd00:ec2::254]/',
  'http://[fe80::1]:PORT/',
  'http://[fc00::1]:PORT/',
  'http://metadata.google.internal/computeMetadata/v1/',
  'http://metadata/',
  'http://instance-data/',
  'http://100.100.100.200/',
  'http://kubernetes.default.svc.cluster.local/',
  'http://host.docker.internal:PORT/',
  // Names that a name server resolves to this machine
  'http://public.example:PORT/',
  'http://127.0.0.1.nip.io:PORT/',
  'http://localtest.me:PORT/',
  'http://v6.example:PORT/',
  'http://site.test:PORT/',
  'http://site.test.example:PORT/',
  'http://a.site.test:PORT/',
  // Other schemes
  'unix:///var/run/docker.sock',
  'http+unix://%2Fvar%2Frun%2Fdocker.sock/info',
  'http://unix:/var/run/docker.sock:/info',
  'file:///etc/passwd',
  'file://127.0.0.1/etc/passwd',
  'gopher://127.0.0.1:PORT/_GET%20/',
  'dict://127.0.0.1:PORT/info',
  'ftp://127.0.0.1:PORT/',
  'ws://127.0.0.1:PORT/',
  'data:text/plain,secret',
  'blob:http://127.0.0.1:PORT/1',
  'javascript:fetch("http://127.0.0.1:PORT/")',
] as const;

/** Vectors that a redirect reads as relative addresses: they lead back to the site itself. */
const isRelative = (vector: string): boolean => !URL.canParse(vector.replaceAll('PORT', '1'));

describe('the safe fetch', () => {
  it('is tested against a canary that a plain fetch reaches by several of the same addresses', async () => {
    for (const vector of [
      'http://127.0.0.1:PORT/',
      'http://2130706433:PORT/',
      'http://0177.0.0.1:PORT/',
      'http://127.1:PORT/',
    ]) {
      const before = canaryHits;
      await (await fetch(vector.replace('PORT', String(port)))).text();
      expect(canaryHits).toBeGreaterThan(before);
    }
  });

  it('has at least 60 vectors', () => expect(new Set(vectors).size).toBeGreaterThanOrEqual(60));

  it.each(vectors)('does not go to %j', async (vector) => {
    await expect(fetchFrom(vector.replaceAll('PORT', String(port)))).rejects.toMatchObject({ code: 'fetch_blocked' });
    expect(canaryHits).toBe(0);
  });

  it.each(vectors.filter((vector) => !isRelative(vector) && /^[\x20-\x7e]+$/.test(vector)))(
    'does not follow an allowed site to %j',
    async (vector) => {
      location = vector.replaceAll('PORT', String(port));
      await expect(fetchFrom(`http://site.test:${sitePort}/`)).rejects.toMatchObject({
        code: expect.stringMatching(/^fetch_(?:blocked|failed)$/),
      });
      expect(canaryHits).toBe(0);
    },
  );

  it('refuses a name that leads inside at its second lookup, or that has an internal address beside a public one', async () => {
    let checks = 0;
    const rebinding = async () => [{ address: checks++ === 0 ? '10.0.0.1' : '127.0.0.1', family: 4 }];
    const mixed = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    for (const resolve of [rebinding, rebinding, mixed])
      await expect(fetchFrom(`http://public.example:${port}/`, resolve)).rejects.toMatchObject({
        code: 'fetch_blocked',
      });
    expect(canaryHits).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { cutSlowBodies } from '../http/bodies/slow-bodies.js';
import { realClock } from '../common/real-clock.js';
import { createFakeEngine } from '../testing/fake-engine.js';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/**
 * Milliseconds; longer than the server here waits for a slow sender, even on a busy machine: one second, and the time between two checks.
 */
const borne = 20_000;
const patient = 90_000;

/** A connection on which a test writes each byte. */
function open(address: string): { readonly socket: Socket; readonly closed: Promise<string> } {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (part) => (answer += part.toString('latin1')));
  socket.on('error', () => undefined);
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(answer))) };
}

/** The text that came before the connection was closed; `open` when it is still open. */
const within = (closed: Promise<string>, ms: number): Promise<string> =>
  Promise.race([closed, pause(ms).then(() => 'open')]);

/** Writes a part at intervals, until the connection is closed. */
function trickle(socket: Socket, part: string | (() => string), everyMs: number): void {
  const timer = setInterval(() => socket.write(typeof part === 'string' ? part : part()), everyMs);
  socket.on('close', () => clearInterval(timer));
}

describe('a slow request', () => {
  let server: TestServer;
  let bearer: string;
  let folder: TestServer;
  const head = (path: string, ...headers: readonly string[]): string =>
    [`POST ${path} HTTP/1.1`, `Host: ${new URL(server.address).host}`, ...headers, '', ''].join('\r\n');
  beforeAll(async () => {
    server = await startTestServer({
      settings: { HEDDLE_SIGN_IN: 'required', HEDDLE_SLOW_SECONDS: '1', HEDDLE_SLOW_RATE: '4kb' },
    });
    const { users, projects, keys } = server.heddle.parts.identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    const scopes = { permissions: ['file:write' as const, 'run:published' as const, 'run:read' as const] };
    const { secret } = await keys.create({ name: 'k', owner: `user:${user.id}`, project: 'default', scopes });
    bearer = `Authorization: Bearer ${secret}`;
    folder = await startTestServer({ engine: createFakeEngine(), settings: { HEDDLE_SLOW_SECONDS: '1' } });
  });
  afterAll(async () => {
    await server.close();
    await folder.close();
  });

  it.each([
    ['that says nothing', ''],
    ['with half a request line', 'GET / HT'],
    ['with headers without an end', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  ])(
    'is closed: a connection %s',
    async (_what, sent) => {
      const { socket, closed } = open(server.address);
      if (sent !== '') socket.write(sent);
      if (sent.endsWith('\r\n')) trickle(socket, 'X-More: 1\r\n', 100);
      expect(await within(closed, borne)).not.toBe('open');
    },
    patient,
  );

  it.each([
    ['stops', 'Content-Length: 1000', undefined],
    ['brings a byte now and then', 'Content-Length: 60000', 'x'],
    ['brings a chunk now and then', `Transfer-Encoding: chunked\r\nAuthorization`, '1\r\nx\r\n'],
  ])(
    'is answered and closed when its body %s',
    async (_what, length, part) => {
      const { socket, closed } = open(server.address);
      const isChunked = length.includes('chunked');
      socket.write(
        head(
          isChunked ? '/v1/workflows/none' : '/api/auth/sign-in',
          'Content-Type: application/json',
          isChunked ? `Transfer-Encoding: chunked\r\n${bearer}` : length,
        ),
      );
      if (!isChunked) socket.write('{');
      if (part !== undefined) trickle(socket, part, 200);
      const answer = await within(closed, borne);
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toMatch(/"code":"body_too_slow"/);
      if (isChunked) expect(answer).toMatch(/application\/problem\+json/);
    },
    patient,
  );

  it(
    'is cut when it was refused and its body still trickles in',
    async () => {
      const { socket, closed } = open(server.address);
      socket.write(head('/api/workflows', 'Content-Type: application/json', 'Content-Length: 9000000'));
      trickle(socket, 'x', 200);
      expect(await within(closed, borne)).toMatch(/^HTTP\/1\.1 401 /);
    },
    patient,
  );

  it(
    'is cut when its upload stops in the middle, however much came before',
    async () => {
      const { socket, closed } = open(server.address);
      const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
      socket.write(
        head('/api/files', 'Content-Type: multipart/form-data; boundary=b', 'Content-Length: 9000000', bearer),
      );
      socket.write(start + 'x'.repeat(500_000));
      expect(await within(closed, borne)).toMatch(/"code":"body_too_slow"/);
    },
    patient,
  );

  it(
    'is served when it is slow but steady, within the time that its size needs',
    async () => {
      const { socket, closed } = open(server.address);
      const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
      const end = '\r\n--b--\r\n';
      const part = 'x'.repeat(4_000);
      const ticks = 20;
      const length = start.length + end.length + ticks * part.length;
      socket.write(
        head(
          '/api/files',
          'Content-Type: multipart/form-data; boundary=b',
          `Content-Length: ${length}`,
          'Connection: close',
          bearer,
        ),
      );
      socket.write(start);
      for (let attempt = 0; attempt < ticks; attempt += 1) {
        socket.write(part);
        await pause(250);
      }
      socket.write(end);
      expect(await within(closed, borne)).toMatch(/^HTTP\/1\.1 201 /);
    },
    patient,
  );

  it(
    'is not cut when it only waits: an event stream and a call for its run',
    async () => {
      const body = { document: testDocument(), inputs: { question: 'why' } };
      const { runId } = (await folder.call('POST', '/api/runs', body)).body;
      const { host } = new URL(folder.address);
      const stream = open(folder.address);
      stream.socket.write(`GET /api/runs/${runId}/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const waiting = open(folder.address);
      const text = JSON.stringify(body);
      waiting.socket.write(
        `POST /api/runs?wait=1 HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      );
      expect(await Promise.all([within(stream.closed, 4_000), within(waiting.closed, 4_000)])).toEqual([
        'open',
        'open',
      ]);
      stream.socket.destroy();
      waiting.socket.destroy();
    },
    patient,
  );
});

describe('a body that the server reads slowly', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      setTimeout(() => {
        let bytes = 0;
        request.on('data', (part: Buffer) => (bytes += part.length)).on('end', () => response.end(String(bytes)));
      }, 4_000);
    });
    cutSlowBodies(server, {
      limits: { patienceMs: 1_000, bytesPerSecond: 1_000_000 },
      time: realClock,
      onCut: () => undefined,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  it(
    'does not count as a slow sender',
    async () => {
      const bound = server.address();
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
      const answer = await new Promise<string>((resolve, reject) => {
        const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST' }, (reply) => {
          let text = '';
          reply.on('data', (part: Buffer) => (text += part.toString())).on('end', () => resolve(text));
        });
        sent.on('error', reject);
        sent.end('x'.repeat(8_000_000));
      });
      expect(answer).toBe('8000000');
    },
    patient,
  );
});

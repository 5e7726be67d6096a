import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cleanUp } from './built-program.js';
import { greeting } from './documents.js';
import { runsContract } from './testing/runs-contract.js';
import { post, send } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

runsContract('', () => Promise.resolve({}));

describe('requests to a server process', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  describe('keeps other sites out', () => {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const socketPath = '/socket.io/?EIO=4&transport=websocket';

    it('by the Host header, if a foreign name points to this server', async () => {
      for (const path of ['/api/health', '/', '/socket.io/?EIO=4&transport=polling']) {
        const reply = await send(server, path, { headers: { host: 'evil.example' } });
        expect([path, reply.status >= 400 && reply.status < 500]).toEqual([path, true]);
        expect(reply.text).not.toContain('"sid"');
      }
      expect(JSON.parse((await send(server, '/api/health', { headers: { host: 'evil.example' } })).text)).toMatchObject(
        { error: { code: 'bad_host' } },
      );
      expect((await send(server, socketPath, { headers: { ...upgrade, host: 'evil.example' } })).status).not.toBe(101);
    });

    it('by the Origin header', async () => {
      const origin = 'http://evil.example';
      const headers = { origin, 'content-type': 'application/json' };
      const refused = await send(server, '/api/runs', {
        method: 'POST',
        headers,
        body: JSON.stringify({ document: greeting, inputs: { name: 'x' } }),
      });
      expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([403, 'bad_origin']);
      expect(refused.headers['access-control-allow-origin']).toBeUndefined();
      expect((await send(server, socketPath, { headers: { ...upgrade, origin } })).status).not.toBe(101);
      expect((await send(server, socketPath, { headers: { ...upgrade, origin: server.address } })).status).toBe(101);
    });
  });

  it('refuses a body over the limit, announced or not, and keeps serving', async () => {
    const bytes = 11 * 1024 * 1024;
    const headers = { 'content-type': 'application/json', 'content-length': String(bytes) };
    const announced = await send(server, '/api/runs', { method: 'POST', headers });
    expect([announced.status, JSON.parse(announced.text).error.code]).toEqual([413, 'payload_too_large']);
    // The server may close before the whole body is sent: then the client sees a reset instead of the reply.
    const chunked = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const sent = await send(server, '/api/runs', {
      method: 'POST',
      headers: chunked,
      body: `"${'x'.repeat(bytes)}"`,
    }).then(
      ({ status }) => String(status),
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    expect(['413', 'EPIPE', 'ECONNRESET']).toContain(sent);
    expect((await send(server, '/api/health')).status).toBe(200);
  });

  it('refuses an input over the limit with its own code', async () => {
    const reply = await post(server, '/api/runs', {
      document: greeting,
      inputs: { name: 'x'.repeat(5 * 1024 * 1024) },
    });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([413, 'input_too_large']);
  });

  it('answers an unknown address of the API in JSON, and any other with the page', async () => {
    const api = await send(server, '/api/nonsense');
    expect([api.status, JSON.parse(api.text).error.code]).toEqual([404, 'not_found']);
    for (const path of ['/', '/w/some-workflow']) {
      const page = await send(server, path, { headers: { accept: 'text/html' } });
      expect([path, page.status, page.headers['content-type']?.split(';')[0]]).toEqual([path, 200, 'text/html']);
    }
    expect((await send(server, '/assets/no-such-file.js')).status).toBe(404);
    for (const path of ['/..%2f..%2fpackage.json', '/assets/..%2f..%2f..%2fpackage.json'])
      expect((await send(server, path)).text).not.toContain('workspaces');
  });

  it.each([
    ['no JSON', '{ "document":'],
    ['an array', '[]'],
    [
      'a poisoned object',
      '{"document":{"heddle":1,"name":"x","nodes":{"__proto__":{"type":"wait","version":1}},"edges":[]}}',
    ],
  ])('refuses %s as a request with a code', async (_, body) => {
    const reply = await send(server, '/api/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([400, 422]).toContain(reply.status);
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  });
});

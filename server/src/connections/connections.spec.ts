import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const canary = 'sk-canary-7d1f0a9b3c5e8642';

/** A compatible server that lists one model to callers with the key, and repeats the key in its errors. */
async function startProvider(): Promise<{ readonly server: Server; readonly address: string }> {
  const server = createServer((request, response) => {
    const given = request.headers.authorization ?? '';
    const isKnown = given === `Bearer ${canary}`;
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(
      isKnown
        ? JSON.stringify({ object: 'list', data: [{ id: 'small', object: 'model' }] })
        : JSON.stringify({ error: { message: `Wrong key: ${given}`, type: 'auth' } }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

describe('connections over HTTP', () => {
  let testServer: TestServer;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  beforeEach(async () => {
    testServer = await startTestServer();
    provider = await startProvider();
  });
  afterEach(async () => {
    await testServer.close();
    provider.server.closeAllConnections();
    provider.server.close();
  });
  const make = (more: object = {}) =>
    testServer.call('POST', '/api/connections', {
      id: 'mine',
      kind: 'openai-compatible',
      baseUrl: provider.address,
      ...more,
    });

  it('creates a connection with defaults, lists, replaces and deletes it', async () => {
    const made = await make();
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ id: 'mine', clearance: 'internal', isLocal: false, key: 'none', attempts: 3 });
    expect((await make()).body.error.code).toBe('conflict');
    const { key: _key, activity: _activity, ...connection } = made.body;
    const changed = await testServer.call('PUT', '/api/connections/mine', { ...connection, clearance: 'public' });
    expect(changed.body.clearance).toBe('public');
    expect((await testServer.call('GET', '/api/connections')).body.connections).toHaveLength(1);
    expect((await testServer.call('DELETE', '/api/connections/mine')).status).toBe(204);
    expect((await testServer.call('GET', '/api/connections/mine')).body.error.code).toBe('connection_not_found');
  });

  it('offers every preset, each with instructions', async () => {
    const { presets } = (await testServer.call('GET', '/api/connections/presets')).body;
    const ids = presets.map(({ id }: { id: string }): string => id);
    expect(ids).toEqual(
      expect.arrayContaining([
        ...['openai', 'azure-openai', 'anthropic', 'google', 'vllm', 'tensorrt-llm', 'text-generation-webui', 'ollama'],
        ...['lm-studio', 'llama-cpp', 'openrouter', 'mistral', 'groq', 'together', 'deepseek'],
      ]),
    );
    for (const preset of presets) expect(preset.hint.length).toBeGreaterThan(10);
  });

  it('tests a connection with a real call: reachable with its models, or the reason', async () => {
    await make();
    await testServer.call('PUT', '/api/connections/mine/key', { value: ` ${canary}\n` });
    const good = await testServer.call('POST', '/api/connections/mine/test');
    expect(good.body).toMatchObject({ isReachable: true, models: ['small'] });
    const [tested] = await testServer.heddle.audit.list({ limit: 1 });
    expect(tested).toMatchObject({ act: 'connection', subject: 'connection:mine', details: { step: 'tested' } });
    const shown = (await testServer.call('GET', '/api/connections/mine')).body;
    expect(shown.lastTest).toEqual({ ...good.body, at: expect.any(Number) });
    expect((await testServer.call('GET', '/api/connections')).body.connections[0].lastTest).toEqual(shown.lastTest);
    await testServer.call('PUT', '/api/connections/mine/key', { value: `${canary}-old` });
    expect((await testServer.call('GET', '/api/connections/mine')).body.lastTest).toBeUndefined();
    const bad = await testServer.call('POST', '/api/connections/mine/test');
    expect(bad.body).toMatchObject({ isReachable: false, code: 'provider_unauthorized' });
    expect(JSON.stringify(bad.body)).not.toContain(canary);
  });

  it('accepts a key and never returns it on any route, nor stores it readable', async () => {
    await make();
    const set = await testServer.call('PUT', '/api/connections/mine/key', { value: canary });
    expect([set.status, set.body]).toEqual([204, '']);
    const replies = await Promise.all(
      ['/api/connections', '/api/connections/mine', '/api/secrets', '/api/secrets/connection.mine', '/api/health'].map(
        (path) => testServer.call('GET', path),
      ),
    );
    expect(JSON.stringify(replies.map(({ body }): unknown => body))).not.toContain(canary);
    expect(replies[1]!.body.key).toBe('vault');
    expect(replies[3]!.status).toBe(404);
    const folder = testServer.heddle.settings.dataFolder;
    for (const file of ['heddle.db', 'heddle.db-wal'])
      if (existsSync(join(folder, file))) expect(readFileSync(join(folder, file)).includes(canary)).toBe(false);
  });

  it('deletes the key when the address changes, so that it is not sent to another host', async () => {
    const { key: _key, activity: _activity, ...connection } = (await make()).body;
    await testServer.call('PUT', '/api/connections/mine/key', { value: canary });
    const renamed = await testServer.call('PUT', '/api/connections/mine', { ...connection, title: 'Renamed' });
    expect(renamed.body.key).toBe('vault');
    const moved = await testServer.call('PUT', '/api/connections/mine', {
      ...connection,
      baseUrl: 'http://127.0.0.1:9/v1',
    });
    expect(moved.body.key).toBe('none');
  });

  it('keeps the key when another address is refused', async () => {
    const { key: _key, activity: _activity, ...connection } = (await make()).body;
    await testServer.call('PUT', '/api/connections/mine/key', { value: canary });
    const elsewhere = { ...connection, baseUrl: 'http://elsewhere.example/v1?key=1' };
    expect((await testServer.call('PUT', '/api/connections/mine', elsewhere)).status).toBe(400);
    expect((await testServer.call('GET', '/api/connections/mine')).body.key).toBe('vault');
  });

  it('refuses addresses with a password, keys that no header accepts, and values that are too long', async () => {
    const bad = await make({ baseUrl: `http://user:${canary}@127.0.0.1/v1` });
    expect(bad.body.error.code).toBe('bad_request');
    expect(JSON.stringify(bad.body)).not.toContain(canary);
    expect((await make({ baseUrl: undefined })).body.error.code).toBe('bad_request');
    expect((await make({ id: '__proto__' })).status).toBe(400);
    await make();
    for (const value of [`${canary}\r\nX: y`, '', canary.repeat(5000)]) {
      const refused = await testServer.call('PUT', '/api/connections/mine/key', { value });
      expect(refused.status).toBe(400);
      expect(JSON.stringify(refused.body)).not.toContain(canary);
    }
    expect((await testServer.call('PUT', '/api/connections/none/key', { value: canary })).status).toBe(404);
  });
});

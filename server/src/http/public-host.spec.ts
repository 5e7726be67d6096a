import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHeddle } from '../heddle/open-heddle.js';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

type Variables = Readonly<Record<string, string>>;

describe('an address that other machines can reach', () => {
  const folders: string[] = [];
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'heddle-host-'));
    folders.push(made);
    return made;
  };
  const settingsOf = (settings: Readonly<Record<string, string>>, data = folder()) =>
    readSettings({ PORT: '0', HEDDLE_LOG: 'silent', HEDDLE_DATA: data, ...settings });

  it.each([
    ['0.0.0.0', {}],
    ['::', {}],
    ['0', {}],
    ['192.0.2.7', {}],
    ['::ffff:127.0.0.1', {}],
    ['127.1', {}],
    ['heddle.example.com', {}],
    ['localhost.example.com', {}],
    ['127.0.0.1.example.com', {}],
    ['0.0.0.0', { HEDDLE_ALLOWED_HOSTS: 'heddle.example.com' }],
    ['0.0.0.0', { HEDDLE_TRUST_PROXY: '10.0.0.1' }],
    ['0.0.0.0', { HEDDLE_PUBLIC_URL: 'https://heddle.example.com' }],
    ['0.0.0.0', { HEDDLE_SIGN_IN: 'auto', HEDDLE_ALLOWED_HOSTS: 'localhost' }],
  ])('is refused at HOST=%s with %j while no user can sign in', async (host, more) => {
    const data = folder();
    await expect(startServer(settingsOf({ HOST: host, ...more }, data))).rejects.toMatchObject({
      code: 'insecure_bind',
    });
    // Nothing stays open: the folder can be locked again at once.
    const heddle = await openHeddle(settingsOf({}, data), { kind: 'command' });
    await heddle.close();
  });

  it.each<Variables>([
    { HEDDLE_SIGN_IN: 'required' },
    { HEDDLE_ALLOWED_HOSTS: 'heddle.example.com' },
    { HEDDLE_ALLOWED_HOSTS: 'localhost, heddle.example.com' },
    { HEDDLE_ALLOWED_HOSTS: '192.0.2.7' },
    { HEDDLE_TRUST_PROXY: '127.0.0.1' },
    { HEDDLE_TRUST_PROXY: '10.0.0.0/8', HEDDLE_ALLOWED_HOSTS: 'localhost' },
    { HEDDLE_PUBLIC_URL: 'https://heddle.example.com' },
    { HOST: '0.0.0.0', HEDDLE_SIGN_IN: 'required' },
    { HOST: '0.0.0.0' },
  ])('requires sign-in from everyone with %j, even on this machine', async (settings) => {
    server = await startTestServer({ settings });
    for (const path of ['/api/workflows', '/api/settings', '/api/users', '/v1/models', '/api/audit'])
      expect([path, (await server.call('GET', path)).status]).toEqual([path, 401]);
    expect((await server.call('POST', '/api/projects', { name: 'x' })).status).toBe(401);
    expect((await server.call('GET', '/api/health')).status).toBe(200);
  });

  it.each<Variables>([
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1' },
    { 'x-real-ip': '127.0.0.1' },
    { 'x-forwarded-host': 'localhost', 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-proto': 'https' },
    { via: '1.1 proxy' },
  ])('does not take a caller behind a proxy (%j) for the person at the machine', async (headers) => {
    server = await startTestServer();
    expect((await server.call('GET', '/api/workflows')).status).toBe(200);
    expect((await server.call('GET', '/api/workflows', undefined, headers)).status).toBe(401);
  });

  it('needs no sign-in when only names of this machine are allowed', async () => {
    const own: readonly Variables[] = [
      {},
      { HOST: 'localhost' },
      { HOST: '127.0.0.2' },
      { HEDDLE_ALLOWED_HOSTS: 'localhost' },
      { HEDDLE_PUBLIC_URL: 'http://localhost:3000' },
    ];
    for (const settings of own) {
      server = await startTestServer({ settings });
      expect([settings, (await server.call('GET', '/api/workflows')).status]).toEqual([settings, 200]);
      await server.close();
    }
    server = undefined;
  });
});

import { openDatabase } from '@heddle/adapters/database';
import { openIdentity, type OAuthStore } from '@heddle/adapters/identity';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OAuthClients } from './oauth-clients.js';
import { readDocument } from './read-document.js';
import { isRegistered, mayRedirectTo } from './redirect-address.js';

const here = 'http://127.0.0.1:7777/cb';

describe('OAuth clients', () => {
  let folder: string;
  let store: OAuthStore;
  let close: () => void;
  let now: number;
  beforeEach(() => {
    now = 1_000_000;
    folder = mkdtempSync(join(tmpdir(), 'heddle-oauth-'));
    const database = openDatabase(join(folder, 'heddle.db'));
    const limits = { idleMs: 1_000, longestMs: 1_000 };
    const keyFile = join(folder, 'secret.key');
    store = openIdentity(database, { clock: { now: () => now }, keyFile, limits }).oauth;
    close = () => database.close();
  });
  afterEach(() => {
    close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (read: (url: string) => Promise<string>) => new OAuthClients(store, { now: () => now }, read);
  const nothing = () => Promise.reject(new Error('not asked'));

  it('are limited in number: of 1,200 new ones the newest stay, 1,000 with a connected one', async () => {
    const clients = open(nothing);
    const kept = await clients.register({ redirect_uris: [here], client_name: 'Kept' });
    await store.keepClient(kept.id);
    const made: string[] = [];
    while (made.length < 1_200) {
      // Clients of the same millisecond would be removed in the order of their random ids.
      now += 1;
      made.push((await clients.register({ redirect_uris: [here] })).id);
    }
    expect(await clients.require(kept.id)).toMatchObject({ name: 'Kept' });
    await expect(clients.require(made[0] ?? '')).rejects.toMatchObject({ code: 'invalid_client' });
    const left: string[] = [];
    for (const id of made) if ((await store.client(id)) !== undefined) left.push(id);
    expect(left).toEqual(made.slice(-999));
    now += 2 * 86_400_000;
    await clients.register({ redirect_uris: [here] });
    expect(await clients.require(kept.id)).toMatchObject({ name: 'Kept' });
  });

  it('are refused when a browser would run their address, or others could read the code', async () => {
    const clients = open(nothing);
    const wrong = [
      'javascript:alert(1)',
      'data:text/html,x',
      'http://evil.example/',
      'https://a:b@x.example/',
      'https://x.example/#f',
      'file:///etc',
      'x',
      '',
    ];
    for (const redirect of wrong) {
      expect(mayRedirectTo(redirect)).toBe(false);
      await expect(clients.register({ redirect_uris: [redirect] })).rejects.toThrow();
    }
    for (const body of [undefined, null, [], 'x', {}, { redirect_uris: [] }, { redirect_uris: Array(21).fill(here) }])
      await expect(clients.register(body)).rejects.toThrow('redirect_uris');
    for (const right of [
      'cursor://anysphere.cursor/cb',
      'com.example.app:/cb',
      'https://x.example/cb',
      'http://[::1]/cb',
    ])
      expect(mayRedirectTo(right)).toBe(true);
    expect(isRegistered('http://localhost:1/cb', ['http://localhost:2/cb'])).toBe(true);
    expect(isRegistered('http://localhost:1/cb2', ['http://localhost:2/cb'])).toBe(false);
    expect(isRegistered('http://127.0.0.1:1/cb', ['http://localhost:2/cb'])).toBe(false);
    expect(isRegistered('https://x.example:8443/cb', ['https://x.example/cb'])).toBe(false);
  });

  it('are described by the document at their address, which is fetched once and cached for a while', async () => {
    const id = 'https://desk.example/client.json';
    let reads = 0;
    const clients = open((url) => {
      reads += 1;
      return Promise.resolve(JSON.stringify({ client_id: url, client_name: 'Desk', redirect_uris: [here] }));
    });
    for (let times = 0; times < 3; times += 1)
      expect(await clients.require(id)).toEqual({ id, name: 'Desk', host: 'desk.example', redirectUris: [here] });
    expect(reads).toBe(1);
    now += 2 * 60 * 60_000;
    await clients.require(id);
    expect(reads).toBe(2);
  });

  it.each([
    ['of another program', JSON.stringify({ client_id: 'https://other.example/c', redirect_uris: [here] })],
    ['without addresses', JSON.stringify({ client_id: 'https://desk.example/c' })],
    ['that is no JSON', '<html>'],
    [
      'that redirects to a script',
      JSON.stringify({ client_id: 'https://desk.example/c', redirect_uris: ['javascript:1'] }),
    ],
  ])('are refused with a document %s', async (_name, document) => {
    await expect(open(() => Promise.resolve(document)).require('https://desk.example/c')).rejects.toThrow();
  });

  it('do not make this server send requests into its own network', async () => {
    const clients = open((url) => readDocument([], url, { maxBytes: 1_000, timeoutMs: 2_000 }));
    const wrong = [
      '127.0.0.1',
      'localhost',
      '[::1]',
      '10.0.0.1',
      '169.254.169.254',
      '192.168.1.1',
      '0.0.0.0',
      '2130706433',
      '0x7f.1',
    ];
    for (const host of wrong)
      await expect(clients.require(`https://${host}/client.json`)).rejects.toMatchObject({ code: 'invalid_client' });
    for (const id of [
      'https://desk.example',
      'https://desk.example/../c',
      'https://a:b@desk.example/c',
      'https://desk.example/c#f',
      'http://desk.example/c',
    ])
      await expect(clients.require(id)).rejects.toMatchObject({ code: 'invalid_client' });
  });
});

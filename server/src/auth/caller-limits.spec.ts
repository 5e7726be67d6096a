import { KeyScopes } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('rate limits', () => {
  let server: TestServer;
  afterEach(() => server.close());
  const start = async (settings: Readonly<Record<string, string>>): Promise<void> => {
    server = await startTestServer({ clock: createFakeClock(), settings: { HEDDLE_SIGN_IN: 'required', ...settings } });
  };
  /** Two keys of one owner in one project. */
  async function keys(): Promise<readonly { readonly authorization: string }[]> {
    const { users, projects, keys: store } = server.heddle.parts.identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    const scopes = KeyScopes.parse({ permissions: ['workflow:read', 'run:published'] });
    return Promise.all(
      ['a', 'b'].map(async (name) => {
        const { secret } = await store.create({ name, owner: `user:${user.id}`, project: 'default', scopes });
        return { authorization: `Bearer ${secret}` };
      }),
    );
  }
  const statuses = async (count: number, headers: Readonly<Record<string, string>>, path = '/api/workflows') => {
    const found: number[] = [];
    for (let attempt = 0; attempt < count; attempt += 1)
      found.push((await server.call('GET', path, undefined, headers)).status);
    return found;
  };

  it('count requests by address when the caller has not signed in', async () => {
    await start({ HEDDLE_RATE_PER_MINUTE: '3' });
    expect(await statuses(4, {})).toEqual([401, 401, 401, 429]);
    const reply = await server.call('GET', '/api/workflows');
    expect([reply.status, Number(reply.headers.get('retry-after'))]).toEqual([429, 20]);
  });

  it('count all callers of a project together, on every channel', async () => {
    await start({ HEDDLE_PROJECT_RATE_PER_MINUTE: '4' });
    const [first = { authorization: '' }, second = { authorization: '' }] = await keys();
    expect(await statuses(2, first)).toEqual([200, 200]);
    expect(await statuses(3, second, '/v1/models')).toEqual([200, 200, 429]);
    expect(await statuses(1, first)).toEqual([429]);
  });

  it('ignore the forwarded address, unless a trusted proxy sends it', async () => {
    const asked = async (): Promise<readonly number[]> => {
      const found: number[] = [];
      for (let attempt = 0; attempt < 4; attempt += 1)
        found.push(
          (await server.call('GET', '/api/workflows', undefined, { 'x-forwarded-for': `203.0.113.${attempt}` })).status,
        );
      return found;
    };
    await start({ HEDDLE_RATE_PER_MINUTE: '3' });
    expect(await asked()).toEqual([401, 401, 401, 429]);
    await server.close();
    await start({ HEDDLE_RATE_PER_MINUTE: '3', HEDDLE_TRUST_PROXY: '127.0.0.1' });
    expect(await asked()).toEqual([401, 401, 401, 401]);
  });

  it('slow down a caller who guesses keys', async () => {
    await start({});
    const found = await statuses(62, { authorization: `Bearer hk_${'x'.repeat(43)}` });
    expect(found.filter((status) => status === 429)).toHaveLength(2);
  });

  it('count the requests on a socket', async () => {
    await start({ HEDDLE_RATE_PER_MINUTE: '5' });
    const [key] = await keys();
    const socket = io(`${server.address}/live`, {
      transports: ['websocket'],
      extraHeaders: { ...key },
      reconnection: false,
    });
    const refused = new Promise<{ readonly error: { readonly code: string } }>((resolve) =>
      socket.once('failed', resolve),
    );
    for (let attempt = 0; attempt < 8; attempt += 1) socket.emit('unwatch', { topic: 'models' });
    expect((await refused).error.code).toBe('too_many_requests');
    socket.close();
  });
});

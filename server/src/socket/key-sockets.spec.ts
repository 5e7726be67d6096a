import { KeyScopes } from '@heddle/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { io, type Socket } from 'socket.io-client';
import { rawRequest, statusOf } from '../security/testing/raw-request.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const transports = ['websocket', 'polling'] as const;
type Transport = (typeof transports)[number];
const patient = 60_000;

interface Refusal extends Error {
  readonly data?: { readonly code?: string };
}

describe('the sockets of a key', () => {
  let server: TestServer;
  let sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets) socket.close();
    sockets = [];
    await server.close();
  });
  const start = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required', ...settings } });
  };

  async function makeKey(scopes: object = {}) {
    const { users, projects, keys } = server.heddle.parts.identity;
    const user = await users.create({ email: `ada${Math.random()}@example.org`, name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['editor']);
    const { key, secret } = await keys.create({
      name: 'k',
      project: 'default',
      owner: `user:${user.id}`,
      scopes: KeyScopes.parse({ permissions: ['run:read'], ...scopes }),
    });
    return { key, secret, header: { authorization: `Bearer ${secret}` } };
  }

  function connect(options: { headers?: Record<string, string>; auth?: object; transport?: Transport } = {}): Socket {
    const { headers = {}, auth, transport = 'websocket' } = options;
    const socket = io(`${server.address}/live`, {
      transports: [transport],
      forceNew: true,
      reconnection: false,
      extraHeaders: headers,
      ...(auth === undefined ? {} : { auth }),
    });
    sockets.push(socket);
    return socket;
  }
  /** `connected`, the code of the refusal, or `refused` without a code. */
  const outcome = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', (error: Refusal) => resolve(error.data?.code ?? 'refused'));
    });
  const watch = (socket: Socket): Promise<unknown> => socket.timeout(10_000).emitWithAck('watch', { topic: 'runs' });

  /** Opens a connection byte by byte, and returns the status, headers and body of the reply. */
  async function open(transport: Transport, headers: Readonly<Record<string, string>> = {}) {
    const lines = [
      `GET /socket.io/?EIO=4&transport=${transport} HTTP/1.1`,
      `host: ${new URL(server.address).host}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...(transport === 'polling'
        ? ['connection: close']
        : [
            'connection: upgrade',
            'upgrade: websocket',
            'sec-websocket-version: 13',
            'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
          ]),
    ];
    const answer = await rawRequest(server.address, lines);
    const retryAfter = /^retry-after: (\d+)\r$/im.exec(answer)?.[1];
    return {
      status: statusOf(answer),
      retryAfter: retryAfter === undefined ? undefined : Number(retryAfter),
      isJson: /^content-type: application\/json/im.test(answer),
      code: /"code":"(\w+)"/.exec(answer)?.[1],
    };
  }

  it.each([
    [21, 'websocket'],
    [21, 'polling'],
    [200, 'websocket'],
  ] as const)(
    'all connect when %i come at the same time, by %s',
    async (count, transport) => {
      await start();
      const { header } = await makeKey();
      const all = Array.from({ length: count }, () => connect({ headers: header, transport }));
      expect(new Set(await Promise.all(all.map(outcome)))).toEqual(new Set(['connected']));
      expect(await watch(all.at(-1)!)).toMatchObject({ ok: true });
      // No socket of a key took an anonymous slot.
      expect(await outcome(connect())).toBe('connected');
    },
    patient,
  );

  it.each(transports)(
    'are limited by the setting, by %s: the next gets 429, and a slot is free after one closed',
    async (transport) => {
      await start({ HEDDLE_PRINCIPAL_SOCKETS: '3' });
      const first = await makeKey();
      const other = await makeKey();
      const all = Array.from({ length: 3 }, () => connect({ headers: first.header, transport }));
      expect(new Set(await Promise.all(all.map(outcome)))).toEqual(new Set(['connected']));
      expect(await open(transport, first.header)).toEqual({
        status: 429,
        retryAfter: 10,
        isJson: true,
        code: 'too_many_requests',
      });
      expect(await outcome(connect({ auth: { token: first.secret } }))).toBe('too_many_requests');
      expect(await outcome(connect({ headers: other.header, transport }))).toBe('connected');
      all[0]?.close();
      let last = '';
      for (let tries = 0; last !== 'connected' && tries < 100; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        last = await outcome(connect({ headers: first.header, transport }));
      }
      expect(last).toBe('connected');
    },
  );

  it.each(transports)(
    'without a credential get 429 beyond their limit, by %s, when 25 come at the same time',
    async (transport) => {
      await start();
      const all = Array.from({ length: 25 }, () => connect({ transport }));
      const outcomes = await Promise.all(all.map(outcome));
      expect(outcomes.filter((found) => found === 'connected')).toHaveLength(20);
      expect(await open(transport)).toEqual({
        status: 429,
        retryAfter: 15,
        isJson: true,
        code: 'too_many_requests',
      });
      // They do not exclude a key in a header.
      expect(await outcome(connect({ headers: (await makeKey()).header, transport }))).toBe('connected');
    },
  );

  it.each(transports)('are refused before they open when the key in the header is wrong, by %s', async (transport) => {
    await start();
    const wrong = { authorization: `Bearer hk_${'x'.repeat(43)}` };
    expect(await open(transport, wrong)).toMatchObject({ status: 401, isJson: true, code: 'unauthorized' });
    const { key, header } = await makeKey();
    await server.heddle.parts.identity.keys.revoke(key.id);
    expect(await open(transport, header)).toMatchObject({ status: 401, code: 'unauthorized' });
  });

  it.each(transports)('may send their key as auth.token, as a browser does, by %s', async (transport) => {
    await start();
    const socket = connect({ auth: { token: (await makeKey()).secret }, transport });
    expect(await outcome(socket)).toBe('connected');
    expect(await watch(socket)).toMatchObject({ ok: true });
  });

  it('take no anonymous slot once they have sent their key as auth.token', async () => {
    await start({ HEDDLE_ANONYMOUS_SOCKETS: '1' });
    const { secret } = await makeKey();
    for (let attempt = 0; attempt < 4; attempt += 1)
      expect(await outcome(connect({ auth: { token: secret } }))).toBe('connected');
  });

  it('get the reason when auth.token is wrong', async () => {
    await start();
    const refused = async (token: unknown, headers: Record<string, string> = {}): Promise<string> =>
      outcome(connect({ auth: { token }, headers }));
    expect(await refused(`hk_${'x'.repeat(43)}`)).toBe('unauthorized');
    expect(await refused('')).toBe('unauthorized');
    expect(await refused({ $ne: '' })).toBe('unauthorized');
    expect(await refused((await makeKey({ expiresAt: 1 })).secret)).toBe('key_expired');
    // A valid session does not make up for a wrong key.
    const { users, sessions } = server.heddle.parts.identity;
    const { token } = await sessions.begin((await users.create({ email: 'eve@example.org', name: 'Eve' })).id, {
      isSecure: false,
      agent: 'eve',
    });
    expect(await refused(`hk_${'y'.repeat(43)}`, { cookie: `heddle=${token}` })).toBe('unauthorized');
  });

  it('are accepted only from the origins of their key', async () => {
    await start();
    const origin = server.address;
    const elsewhere = await makeKey({ origins: ['https://elsewhere.example'] });
    const here = await makeKey({ origins: [origin] });
    expect(await outcome(connect({ auth: { token: elsewhere.secret }, headers: { origin } }))).toBe('scope_missing');
    expect(await open('polling', { ...elsewhere.header, origin })).toMatchObject({
      status: 403,
      code: 'scope_missing',
    });
    expect(await outcome(connect({ auth: { token: here.secret }, headers: { origin } }))).toBe('connected');
  });

  it('have the rights of the key, whichever way it was sent', async () => {
    await start();
    const { secret, header } = await makeKey({ permissions: ['workflow:read'] });
    for (const shown of [{ headers: header }, { auth: { token: secret } }]) {
      const socket = connect(shown);
      expect(await outcome(socket)).toBe('connected');
      expect(await watch(socket)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    }
  });

  it('have the current rights of the key, however long ago they connected', async () => {
    await start();
    const { key, secret } = await makeKey();
    const socket = connect({ auth: { token: secret } });
    expect(await outcome(socket)).toBe('connected');
    await server.heddle.parts.identity.projects.setRoles('default', key.owner, []);
    let answer: unknown;
    for (let tries = 0; !JSON.stringify(answer ?? '').includes('forbidden') && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      answer = await watch(socket);
    }
    expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  it('count against the rate limit of the key', async () => {
    await start();
    const { secret, header } = await makeKey({ ratePerMinute: 3 });
    expect(await outcome(connect({ headers: header }))).toBe('connected');
    expect(await outcome(connect({ auth: { token: secret } }))).toBe('connected');
    expect(await outcome(connect({ headers: header }))).toBe('connected');
    expect(await open('polling', header)).toMatchObject({ status: 429, isJson: true, code: 'too_many_requests' });
    expect(await outcome(connect({ auth: { token: secret } }))).toBe('too_many_requests');
  });

  it.each(['header', 'token'])(
    'are cut within a second after the key is revoked, even silent ones: %s',
    async (way) => {
      await start();
      const { key, secret, header } = await makeKey();
      const socket = connect(way === 'header' ? { headers: header } : { auth: { token: secret } });
      expect(await outcome(socket)).toBe('connected');
      const cut = new Promise<number>((resolve) => socket.once('disconnect', () => resolve(performance.now())));
      const revoked = performance.now();
      await server.heddle.parts.identity.keys.revoke(key.id);
      // Far more than the second that is promised, for a busy machine.
      expect((await cut) - revoked).toBeLessThan(8_000);
    },
  );

  it('cannot be used to guess keys: 60 a minute from one network, by headers and by auth.token together', async () => {
    await start({ HEDDLE_TRUST_PROXY: '127.0.0.1', HEDDLE_ANONYMOUS_SOCKETS: '1000' });
    const guess = (attempt: number): string => `hk_${String(attempt).padStart(43, 'x')}`;
    const from = { 'x-forwarded-for': '198.51.100.7' };
    for (let attempt = 0; attempt < 58; attempt += 1)
      expect((await open('polling', { ...from, authorization: `Bearer ${guess(attempt)}` })).code).toBe('unauthorized');
    expect(await outcome(connect({ auth: { token: guess(58) }, headers: from }))).toBe('unauthorized');
    expect(await outcome(connect({ auth: { token: guess(59) }, headers: from }))).toBe('unauthorized');
    expect(await outcome(connect({ auth: { token: guess(60) }, headers: from }))).toBe('too_many_requests');
    expect(await open('websocket', { ...from, authorization: `Bearer ${guess(61)}` })).toMatchObject({
      status: 429,
      code: 'too_many_requests',
    });
    // Another network has its own count, and a valid key is accepted.
    const other = { 'x-forwarded-for': '203.0.113.9' };
    expect(await outcome(connect({ auth: { token: guess(62) }, headers: other }))).toBe('unauthorized');
    expect(await outcome(connect({ auth: { token: (await makeKey()).secret }, headers: from }))).toBe('connected');
  });

  it.each(transports)('release the slot of a request that becomes no connection, by %s', async (transport) => {
    await start({ HEDDLE_PRINCIPAL_SOCKETS: '1' });
    const { header } = await makeKey();
    const old = [
      `GET /socket.io/?EIO=3&transport=${transport} HTTP/1.1`,
      `host: ${new URL(server.address).host}`,
      `authorization: ${header.authorization}`,
      ...(transport === 'polling' ? ['connection: close'] : ['connection: upgrade', 'upgrade: websocket']),
    ];
    for (let attempt = 0; attempt < 3; attempt += 1) expect(statusOf(await rawRequest(server.address, old))).toBe(400);
    let last = '';
    for (let tries = 0; last !== 'connected' && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      last = await outcome(connect({ headers: header, transport }));
    }
    expect(last).toBe('connected');
  });
});

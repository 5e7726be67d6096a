import { totpCode } from '@heddle/adapters/identity';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { serversOfTests } from '../../testing/servers-of-tests.js';
import type { TestServer } from '../../testing/test-server.js';

const password = 'correct horse battery';

describe('signing in', () => {
  const startServer = serversOfTests();
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
  });
  const own = () => ({ origin: server.address });
  const cookieOf = (headers: Headers): string => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';

  async function owner(): Promise<string> {
    const token = await server.heddle.accounts.ownerLink();
    const reply = await server.call('POST', '/api/auth/setup', { token, email: 'ada@example.org', password }, own());
    expect(reply.status).toBe(204);
    return cookieOf(reply.headers);
  }

  it('creates the owner by a link that works once, and admits no one else', async () => {
    expect((await server.call('GET', '/api/workflows')).status).toBe(401);
    const token = await server.heddle.accounts.ownerLink();
    const body = { token, email: 'ada@example.org', password };
    const reply = await server.call('POST', '/api/auth/setup', body, own());
    expect(reply.headers.get('set-cookie')).toMatch(
      /^heddle=hs_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect((await server.call('GET', '/api/workflows', undefined, { cookie: cookieOf(reply.headers) })).status).toBe(
      200,
    );
    const again = await server.call('POST', '/api/auth/setup', { ...body, email: 'eve@example.org' }, own());
    expect([again.status, again.body.error.code]).toEqual([401, 'sign_in_failed']);
    expect(await server.heddle.accounts.ownerLink()).toBeUndefined();
  });

  it('gives the first owner every existing project', async () => {
    const plain = await startServer();
    const { id } = (await plain.call('POST', '/api/projects', { name: 'Shop' })).body;
    const body = { token: await plain.heddle.accounts.ownerLink(), email: 'ada@example.org', password };
    const reply = await plain.call('POST', '/api/auth/setup', body, { origin: plain.address });
    const headers = { cookie: cookieOf(reply.headers), origin: plain.address };
    const { projects } = (await plain.call('GET', '/api/projects', undefined, headers)).body;
    expect(projects.map((project: { id: string; roles: readonly string[] }) => [project.id, project.roles])).toEqual([
      ['default', ['owner']],
      [id, ['owner']],
    ]);
  });

  it('gives every project to an invited first owner too, and not to a second owner', async () => {
    const plain = await startServer();
    const { projects } = plain.heddle.parts.identity;
    const { id } = await projects.create('Other');
    const invite = (name: string) =>
      plain.call('POST', '/api/users', { email: `${name}@example.org`, name, roles: ['owner'] });
    const ada = (await invite('ada')).body.user;
    const bob = (await invite('bob')).body.user;
    expect(await projects.rolesOf(`user:${ada.id}`)).toEqual(
      new Map([
        ['default', ['owner']],
        [id, ['owner']],
      ]),
    );
    expect(await projects.rolesOf(`user:${bob.id}`)).toEqual(new Map([['default', ['owner']]]));
  });

  it('records the sign-in by a link, of the owner and of an invited user', async () => {
    const headers = { ...own(), cookie: await owner() };
    const invite = { email: 'bob@example.org', name: 'Bob', roles: ['viewer'] };
    const { token } = (await server.call('POST', '/api/users', invite, headers)).body;
    const signedIn = async (): Promise<(number | undefined)[]> =>
      (await server.heddle.users.list()).map(({ signedInAt }) => signedInAt);
    expect(await signedIn()).toEqual([expect.any(Number), undefined]);
    expect((await server.call('POST', '/api/auth/setup', { token, password }, own())).status).toBe(204);
    expect(await signedIn()).toEqual([expect.any(Number), expect.any(Number)]);
    const { records } = (await server.call('GET', '/api/audit?act=sign-in', undefined, headers)).body;
    expect(records.map(({ details }: { details: object }) => details)).toEqual([
      expect.objectContaining({ with: 'one-time link' }),
      expect.objectContaining({ with: 'one-time link' }),
    ]);
  });

  it('is not needed on loopback while there is one user, and everywhere once there is a second', async () => {
    const plain = await startServer();
    expect((await plain.call('GET', '/api/workflows')).status).toBe(200);
    const forwarded = await plain.call('GET', '/api/workflows', undefined, { 'x-forwarded-for': '203.0.113.9' });
    expect(forwarded.status).toBe(401);
    for (const [email, roles] of [
      ['ada@example.org', ['owner']],
      ['bob@example.org', ['viewer']],
    ] as const)
      expect((await plain.call('POST', '/api/users', { email, name: email, roles })).status).toBe(201);
    expect((await plain.call('GET', '/api/workflows')).status).toBe(401);
    const authorization = `Bearer ${plain.heddle.accounts.commandToken}`;
    expect((await plain.call('GET', '/api/workflows', undefined, { authorization })).status).toBe(200);
  });

  it('does not reveal whether a user exists, and slows down guessing', async () => {
    await owner();
    const attempt = (email: string) => server.call('POST', '/api/auth/sign-in', { email, password: 'wrong' }, own());
    const known = await attempt('ada@example.org');
    const unknown = await attempt('eve@example.org');
    expect(known.body).toEqual(unknown.body);
    expect(known.status).toBe(401);
    for (let count = 0; count < 5; count++) await attempt('ada@example.org');
    const slow = await attempt('ada@example.org');
    expect([slow.status, Number(slow.headers.get('retry-after')) > 0]).toEqual([429, true]);
  });

  it('reports whether a link is valid without using it up', async () => {
    const check = async (token: string) =>
      (await server.call('POST', '/api/auth/setup/check', { token }, own())).status;
    const first = (await server.heddle.accounts.ownerLink()) ?? '';
    expect([await check(first), await check(first), await check(`hl_${'x'.repeat(43)}`)]).toEqual([204, 204, 401]);
    const body = { token: first, email: 'ada@example.org', password };
    const cookie = cookieOf((await server.call('POST', '/api/auth/setup', body, own())).headers);
    expect(await check(first)).toBe(401);
    const invite = { email: 'bob@example.org', name: 'Bob', roles: ['viewer'] };
    const { token } = (await server.call('POST', '/api/users', invite, { ...own(), cookie })).body;
    expect(await check(token)).toBe(204);
    expect((await server.call('POST', '/api/auth/setup', { token, password }, own())).status).toBe(204);
    expect(await check(token)).toBe(401);
  });

  it('ends a link when it sets a new password, and gives a disabled user no link back in', async () => {
    const headers = { ...own(), cookie: await owner() };
    const invite = { email: 'bob@example.org', name: 'Bob', roles: ['viewer'] };
    const { user, token } = (await server.call('POST', '/api/users', invite, headers)).body;
    const use = (link: string) => server.call('POST', '/api/auth/setup', { token: link, password }, own());
    const bob = { ...own(), cookie: cookieOf((await use(token)).headers) };
    const makeLink = async (): Promise<string> =>
      String((await server.call('POST', `/api/users/${user.id}/link`, undefined, headers)).body.token);
    const before = await makeLink();
    const change = { current: password, next: 'another horse battery' };
    expect((await server.call('POST', '/api/auth/password', change, bob)).status).toBe(204);
    expect((await use(before)).status).toBe(401);
    const given = await makeLink();
    const setDisabled = (isDisabled: boolean) => server.call('PATCH', `/api/users/${user.id}`, { isDisabled }, headers);
    await setDisabled(true);
    expect((await use(given)).status).toBe(401);
    expect((await server.call('POST', `/api/users/${user.id}/link`, undefined, headers)).status).toBe(409);
    await setDisabled(false);
    expect((await use(given)).status).toBe(401);
    expect((await use(await makeLink())).status).toBe(204);
  });

  it('requires the second factor, and accepts each code once', async () => {
    const cookie = await owner();
    const headers = { ...own(), cookie };
    const isOn = async (): Promise<unknown> =>
      (await server.call('GET', '/api/auth/me', undefined, { cookie })).body.principal.hasSecondFactor;
    expect(await isOn()).toBe(false);
    const { secret } = (await server.call('POST', '/api/auth/totp', undefined, headers)).body;
    expect(await isOn()).toBe(false);
    const step = Math.floor(Date.now() / 30_000);
    const confirmed = await server.call(
      'POST',
      '/api/auth/totp/confirm',
      { secret, code: await totpCode(secret, step) },
      headers,
    );
    expect(confirmed.body.codes).toHaveLength(10);
    expect(await isOn()).toBe(true);
    const signIn = (code?: string) =>
      server.call(
        'POST',
        '/api/auth/sign-in',
        { email: 'ada@example.org', password, ...(code === undefined ? {} : { code }) },
        own(),
      );
    expect((await signIn()).body.error.code).toBe('second_factor_needed');
    expect((await signIn(await totpCode(secret, step))).body.error.code).toBe('sign_in_failed');
    expect((await signIn(await totpCode(secret, step + 1))).status).toBe(204);
    expect((await signIn(confirmed.body.codes[0])).status).toBe(204);
    expect((await signIn(confirmed.body.codes[0])).status).toBe(401);
  });

  it('marks the cookie for TLS when the page came over TLS, also when it changes or removes it', async () => {
    await owner();
    const https = { origin: server.address.replace('http:', 'https:') };
    const marked = /^__Host-heddle=(hs_[\w-]{43})?; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/;
    const secondPassword = 'another horse battery';
    const signedIn = await server.call('POST', '/api/auth/sign-in', { email: 'ada@example.org', password }, https);
    expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([204, expect.stringMatching(marked)]);
    const changed = await server.call(
      'POST',
      '/api/auth/password',
      { current: password, next: secondPassword },
      { ...https, cookie: cookieOf(signedIn.headers) },
    );
    expect([changed.status, changed.headers.get('set-cookie')]).toEqual([204, expect.stringMatching(marked)]);
    const cookie = cookieOf(changed.headers);
    const signedOut = await server.call('POST', '/api/auth/sign-out', undefined, { ...https, cookie });
    expect(signedOut.headers.get('set-cookie')).toBe(
      '__Host-heddle=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure',
    );
  });

  it('accepts a session begun over TLS only under the cookie name for TLS, and other sessions only under the plain name', async () => {
    const cookie = await owner();
    const email = 'ada@example.org';
    const https = { origin: server.address.replace('http:', 'https:') };
    const secure = await server.call('POST', '/api/auth/sign-in', { email, password }, https);
    const [, token] = cookieOf(secure.headers).split('=');
    const ask = (sent: string) => server.call('GET', '/api/workflows', undefined, { cookie: sent });
    expect((await ask(`__Host-heddle=${token}`)).status).toBe(200);
    expect((await ask(`heddle=${token}`)).status).toBe(401);
    expect((await ask(cookie.replace('heddle', '__Host-heddle'))).status).toBe(401);
  });

  it('signs out, and ends every session when the password changes', async () => {
    const cookie = await owner();
    const me = (sent: string) => server.call('GET', '/api/workflows', undefined, { cookie: sent });
    const next = 'another horse battery';
    const changed = await server.call('POST', '/api/auth/password', { current: password, next }, { ...own(), cookie });
    expect(changed.status).toBe(204);
    expect((await me(cookie)).status).toBe(401);
    const fresh = cookieOf(changed.headers);
    expect((await me(fresh)).status).toBe(200);
    await server.call('POST', '/api/auth/sign-out', undefined, { ...own(), cookie: fresh });
    expect((await me(fresh)).status).toBe(401);
  });

  // Cross-site request forgery: what another site can make a browser send with the cookie.
  it.each([
    [{}],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'null' }],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'http://localhost:1' }],
    [{ referer: 'http://127.0.0.1/' }],
    [{ 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'x-http-method-override': 'GET' }],
  ] as const)('refuses a change with a session and %j', async (headers) => {
    const cookie = await owner();
    const sent = { ...headers, cookie } as Record<string, string>;
    const reply = await server.call('POST', '/api/keys', '{"name":"forged"}', sent);
    expect([403, 415]).toContain(reply.status);
    expect(await server.heddle.keys.list()).toEqual([]);
  });

  it('creates no key for a budget that does not exist', async () => {
    const headers = { ...own(), cookie: await owner() };
    const make = (budget: string) => server.call('POST', '/api/keys', { name: 'k', scopes: { budget } }, headers);
    expect((await make('smal')).body.error.code).toBe('budget_not_found');
    const budget = { id: 'small', scope: { kind: 'all' }, period: 'day', limits: { calls: 1 } };
    await server.call('PUT', '/api/budgets/small', budget, headers);
    expect((await make('small')).status).toBe(201);
  });

  it('creates no key that expires at once or in more than a century', async () => {
    const headers = { ...own(), cookie: await owner() };
    const make = async (days: number) => {
      const scopes = { expiresAt: server.heddle.clock.now() + days * 86_400_000 };
      return (await server.call('POST', '/api/keys', { name: 'k', scopes }, headers)) as {
        status: number;
        body: unknown;
      };
    };
    for (const days of [0.000_01, -1, 40_000])
      expect(await make(days)).toMatchObject({
        status: 400,
        body: { error: { code: 'bad_request', message: expect.stringContaining('at least a minute') } },
      });
    expect((await make(1)).status).toBe(201);
  });

  it('accepts no field in a user or key that the request must not set', async () => {
    const cookie = await owner();
    const headers = { ...own(), cookie };
    for (const extra of [
      { id: 'u_1' },
      { isDisabled: true },
      { password: 'x' },
      { owner: 'local' },
      { project: 'other' },
    ]) {
      const user = { email: 'eve@example.org', name: 'Eve', ...extra };
      expect((await server.call('POST', '/api/users', user, headers)).status).toBe(400);
      expect((await server.call('POST', '/api/keys', { name: 'k', ...extra }, headers)).status).toBe(400);
    }
    expect(await server.heddle.users.list()).toHaveLength(1);
  });

  it('keeps a key within its scopes, its rate limit and the rights of its owner', async () => {
    const headers = { ...own(), cookie: await owner() };
    const scopes = { permissions: ['workflow:read', 'key:manage'], ratePerMinute: 3 };
    const made = await server.call('POST', '/api/keys', { name: 'shop', scopes }, headers);
    expect(made.status).toBe(201);
    const authorization = `Bearer ${made.body.secret}`;
    const ask = (method: string, path: string, body?: unknown) => server.call(method, path, body, { authorization });
    expect((await ask('GET', '/api/workflows')).status).toBe(200);
    expect((await ask('GET', '/api/runs')).status).toBe(403);
    expect((await ask('POST', '/api/keys', { name: 'wider' })).status).toBe(403);
    const limited = await ask('GET', '/api/workflows');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '20']);
    expect((await server.call('DELETE', `/api/keys/${made.body.key.id}`, undefined, headers)).status).toBe(204);
    expect((await ask('GET', '/api/workflows')).status).toBe(401);
  });
});

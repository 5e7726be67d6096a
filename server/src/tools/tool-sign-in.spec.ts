import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { startAuthorizationServer, type TestAuthorizationServer } from '../testing/test-authorization-server.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';

describe('signing in to a tool server', () => {
  let heddle: TestServer;
  let provider: TestAuthorizationServer;
  let server: TestToolServer;
  let clock: ReturnType<typeof createFakeClock>;
  beforeEach(async () => {
    clock = createFakeClock(Date.now());
    provider = await startAuthorizationServer();
    server = await startToolServer(provider.guard);
    heddle = await startTestServer({ withStandardNodes: true, clock });
    await heddle.call('POST', '/api/tools/servers', { id: 'files', transport: transport() });
  });
  afterEach(async () => {
    await heddle.close();
    await server.close();
    await provider.close();
  });
  const transport = (more: object = {}) => ({ kind: 'http', url: server.url, isInside: true, oauth: {}, ...more });
  const at = '/api/tools/servers/files';
  const begin = async (): Promise<URL> => new URL((await heddle.call('POST', `${at}/sign-in`)).body.url);
  /** The parameters with which the browser returns once its user has agreed. */
  const agree = async (): Promise<Record<string, string>> => {
    const reply = await fetch(await begin(), { redirect: 'manual' });
    const back = new URL(reply.headers.get('location') ?? '');
    expect(back.pathname).toBe('/tools');
    return Object.fromEntries(back.searchParams);
  };
  const finish = (reply: object) => heddle.call('POST', '/api/tools/sign-in', reply);
  const test = async (): Promise<unknown> => (await heddle.call('POST', `${at}/test`)).body;
  const standing = async (): Promise<unknown> =>
    (await heddle.call('GET', '/api/tools/servers')).body.servers[0].signIn;

  it('is required, started with PKCE, completed once, and makes the tools available', async () => {
    expect(await standing()).toEqual({ isNeeded: true });
    expect(await test()).toMatchObject({ isReachable: false, code: 'mcp_sign_in' });
    const page = await begin();
    expect(page.origin).toBe(provider.origin);
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      resource: server.url,
      redirect_uri: `${heddle.address}/tools`,
    });
    const reply = await agree();
    expect(await finish(reply)).toMatchObject({ status: 200, body: { id: 'files', signIn: { isNeeded: false } } });
    expect(await test()).toMatchObject({ isReachable: true, tools: ['read', 'write'] });
    expect((await finish(reply)).body.error.code).toBe('mcp_sign_in');
    expect((await heddle.heddle.audit.list({ kinds: ['tool'] })).map(({ details }) => details['step'])).toEqual(
      expect.arrayContaining(['sign-in begun', 'signed in']),
    );
  });

  it('renews the token before it ends and when it is refused, once for all concurrent callers', async () => {
    await finish(await agree());
    provider.expire();
    expect(await test()).toMatchObject({ isReachable: true });
    const renewals = () => provider.asked.filter(({ form }) => form['grant_type'] === 'refresh_token').length;
    expect(renewals()).toBe(1);
    await clock.advance(3_600_000);
    expect(await Promise.all([test(), test(), test()])).toMatchObject([1, 2, 3].map(() => ({ isReachable: true })));
    expect(renewals()).toBe(2);
    provider.revoke();
    expect(await test()).toMatchObject({ isReachable: false, code: 'mcp_sign_in' });
  });

  it('leaves nothing readable in replies or in the database', async () => {
    await finish(await agree());
    await test();
    const shown = JSON.stringify([
      (await heddle.call('GET', '/api/tools/servers')).body,
      (await heddle.call('GET', at)).body,
      (await heddle.call('GET', '/api/secrets')).body,
      await heddle.heddle.audit.list({}),
    ]);
    const folder = heddle.heddle.settings.dataFolder;
    const stored = ['heddle.db', 'heddle.db-wal']
      .map((name) => readFileSync(join(folder, name)).toString('latin1'))
      .join('');
    expect(provider.given.length).toBeGreaterThan(2);
    for (const secret of provider.given)
      expect([secret, shown.includes(secret), stored.includes(secret)]).toEqual([secret, false, false]);
  });

  it('refuses a reply that was not started, is late, is of another person, names another issuer, or is a refusal', async () => {
    const refused = async (reply: object): Promise<unknown> => (await finish(reply)).body.error.code;
    expect(await refused({ state: 'made-up', code: 'x' })).toBe('mcp_sign_in');
    expect(await refused({ ...(await agree()), iss: 'https://other.example' })).toBe('mcp_sign_in');
    expect(await refused({ ...(await agree()), code: 'other' })).toBe('mcp_sign_in');
    const { state } = await agree();
    expect(await refused({ state, error: 'access_denied' })).toBe('mcp_sign_in');
    const stolen = { state: '', ...(await agree()) };
    await expect(heddle.heddle.tools.finishSignIn(stolen, 'user:eve')).rejects.toMatchObject({ code: 'mcp_sign_in' });
    expect(await refused(stolen)).toBe('mcp_sign_in');
    const late = await agree();
    await clock.advance(601_000);
    expect(await refused(late)).toBe('mcp_sign_in');
    expect(await standing()).toEqual({ isNeeded: true });
  });

  it('sends the client secret only to the token address, when the secret allows its host', async () => {
    const canary = 'canary-of-client-77';
    await fetch(`${provider.origin}/register`, {
      method: 'POST',
      body: JSON.stringify({ redirect_uris: [`${heddle.address}/tools`] }),
    });
    const oauth = { clientId: 'client-1', clientSecret: 'of-client' };
    const refused = await heddle.call('PUT', at, { id: 'files', transport: transport({ oauth }) });
    expect(refused.body.error.code).toBe('secret_not_found');
    await heddle.call('PUT', '/api/secrets/of-client', { value: canary, hosts: [new URL(server.url).host] });
    expect((await heddle.call('PUT', at, { id: 'files', transport: transport({ oauth }) })).status).toBe(200);
    const exchanges = () => provider.asked.filter(({ form }) => form['grant_type'] !== undefined);
    const kept = await finish(await agree());
    expect(kept.body.error).toMatchObject({
      code: 'mcp_sign_in',
      message: expect.stringContaining(`must not be sent to '${new URL(provider.origin).host}'`),
    });
    expect(exchanges()).toEqual([]);
    await heddle.call('PUT', '/api/secrets/of-client', { hosts: [new URL(provider.origin).host] });
    expect((await finish(await agree())).status).toBe(200);
    expect(exchanges()).toHaveLength(1);
    expect(await test()).toMatchObject({ isReachable: true });
  });

  it('is lost when the address or the client changes, or at a sign-out', async () => {
    await finish(await agree());
    const changed = await heddle.call('PUT', at, { id: 'files', transport: transport({ oauth: { scope: 'files' } }) });
    expect(changed.body.signIn).toEqual({ isNeeded: true });
    await finish(await agree());
    expect((await heddle.call('DELETE', `${at}/sign-in`)).body.signIn).toEqual({ isNeeded: true });
    const plain = await heddle.call('PUT', at, { id: 'files', transport: transport({ oauth: undefined }) });
    expect(plain.body.signIn).toBeUndefined();
    expect((await heddle.call('POST', `${at}/sign-in`)).body.error.code).toBe('bad_request');
  });

  it('sends no request into the network to an address that a server names', async () => {
    const elsewhere = {
      ...provider.guard,
      metadata: (url: string) => ({ resource: url, authorization_servers: ['http://10.0.0.1'] }),
    };
    const bad = await startToolServer(elsewhere);
    await heddle.call('POST', '/api/tools/servers', { id: 'bad', transport: { ...transport(), url: bad.url } });
    const refused = await heddle.call('POST', '/api/tools/servers/bad/sign-in');
    expect(refused.body.error.code).toBe('fetch_blocked');
    await bad.close();
  });
});

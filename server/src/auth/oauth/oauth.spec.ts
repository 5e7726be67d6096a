import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '@heddle/core';
import { auth, Client, StreamableHTTPClientTransport, type OAuthClientProvider } from '@modelcontextprotocol/client';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

const password = 'correct horse battery';
const callback = 'http://127.0.0.1:7777/callback';

function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

describe('programs that people connect to the MCP endpoint', () => {
  let server: TestServer;
  let ada: Readonly<Record<string, string>>;
  let adaId: string;
  beforeAll(async () => {
    server = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required' } });
    ada = await person('ada@example.org', await server.heddle.accounts.ownerLink());
    adaId = (await server.call('GET', '/api/auth/me', undefined, ada)).body.principal.id;
  });
  afterAll(() => server.close());

  async function person(email: string, token: string | undefined): Promise<Readonly<Record<string, string>>> {
    const origin = { origin: server.address };
    const made = await server.call('POST', '/api/auth/setup', { token, email, password }, origin);
    if (made.status !== 204) throw new Error(JSON.stringify(made.body));
    return { ...origin, cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  }

  async function member(email: string, roles: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { user, token } = (await server.call('POST', '/api/users', { email, name: email, roles }, ada)).body;
    const origin = { origin: server.address };
    const made = await server.call('POST', '/api/auth/setup', { token, password }, origin);
    if (made.status !== 204) throw new Error(JSON.stringify([user, made.body]));
    return { ...origin, cookie: (made.headers.get('set-cookie') ?? '').split(';')[0] ?? '', id: user.id };
  }

  const register = async (redirect = callback): Promise<string> =>
    (await server.heddle.oauthClients.register({ client_name: 'Desk', redirect_uris: [redirect] })).id;

  async function authorize(parameters: Readonly<Record<string, string>>): Promise<URL> {
    const query = new URLSearchParams(parameters).toString();
    const reply = await fetch(`${server.address}/oauth/authorize?${query}`, { redirect: 'manual' });
    expect(reply.status).toBe(302);
    return new URL(reply.headers.get('location') ?? '', server.address);
  }

  const form = async (path: string, fields: Readonly<Record<string, string>> | string) => {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await fetch(`${server.address}${path}`, { method: 'POST', headers, body });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, body: text === '' ? {} : JSON.parse(text) };
  };

  const scopes = ['run:published', 'human-input:answer', 'workflow:read'];

  /** Goes from registration to the code; `more` overrides parameters of the request. */
  async function consented(who = ada, more: Readonly<Record<string, string>> = {}, permissions = ['run:published']) {
    const client = await register();
    const { verifier, challenge } = pkce();
    const asked = {
      client_id: client,
      redirect_uri: callback,
      response_type: 'code',
      scope: scopes.join(' '),
      state: 'st',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...more,
    };
    const to = await authorize(asked);
    const id = to.searchParams.get('request') ?? '';
    const decision = { decision: 'allow', project: 'default', permissions };
    const decided = await server.call('POST', `/api/consents/${id}`, decision, who);
    const answer = decided.status === 201 ? new URL(decided.body.redirect) : undefined;
    const code = answer?.searchParams.get('code') ?? '';
    return { id, to, decided, answer, code, verifier, client };
  }

  const exchange = ({ code, verifier, client }: { code: string; verifier: string; client: string }, more = {}) =>
    form('/oauth/token', {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      client_id: client,
      redirect_uri: callback,
      ...more,
    });

  async function connected(who = ada, permissions = ['run:published']) {
    const given = await consented(who, {}, permissions);
    const { body } = await exchange(given);
    return { ...given, access: body.access_token as string, refresh: body.refresh_token as string, body };
  }

  /** Lists the tools at `path` with this token. */
  async function list(token: string, path = '/mcp'): Promise<{ status: number; tools: string[]; challenge: string }> {
    const reply = await fetch(`${server.address}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/list',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/list',
        params: {
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': {},
          },
        },
      }),
    });
    const body = await reply.json().catch(() => ({}));
    const tools = ((body as { result?: { tools?: { name: string }[] } }).result?.tools ?? []).map(({ name }) => name);
    return { status: reply.status, tools, challenge: reply.headers.get('www-authenticate') ?? '' };
  }

  it('are led by a 401 to registration, sign-in and a call, with the client of the SDK', async () => {
    let address: URL | undefined;
    const kept: { client?: unknown; tokens?: unknown; found?: unknown; verifier: string } = { verifier: '' };
    const provider: OAuthClientProvider = {
      redirectUrl: callback,
      clientMetadata: { client_name: 'SDK', redirect_uris: [callback], token_endpoint_auth_method: 'none' },
      clientInformation: () => kept.client as never,
      saveClientInformation: (client) => void (kept.client = client),
      tokens: () => kept.tokens as never,
      saveTokens: (tokens) => void (kept.tokens = tokens),
      redirectToAuthorization: (to) => void (address = to),
      saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
      codeVerifier: () => kept.verifier,
      saveDiscoveryState: (found) => void (kept.found = found),
      discoveryState: () => kept.found as never,
    };
    const url = new URL(`${server.address}/mcp`);
    const open = () => {
      const client = new Client({ name: 't', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
      return { client, connecting: client.connect(new StreamableHTTPClientTransport(url, { authProvider: provider })) };
    };
    await expect(open().connecting).rejects.toThrow();
    const to = await authorize(Object.fromEntries(address?.searchParams ?? []));
    const id = to.searchParams.get('request');
    const shown = await server.call('GET', `/api/consents/${id}`, undefined, ada);
    expect(shown.body).toMatchObject({
      client: { name: 'SDK', goesTo: '127.0.0.1:7777' },
      projects: [{ id: 'default', permissions: expect.arrayContaining(['run:published']) }],
    });
    const decision = { decision: 'allow', project: 'default', permissions: ['run:published'] };
    const { redirect } = (await server.call('POST', `/api/consents/${id}`, decision, ada)).body;
    const answer = new URL(redirect);
    const authorizationCode = answer.searchParams.get('code') ?? '';
    const iss = answer.searchParams.get('iss') ?? '';
    expect(iss).toBe(server.address);
    expect(await auth(provider, { serverUrl: url, authorizationCode, iss })).toBe('AUTHORIZED');
    const { client, connecting } = open();
    await connecting;
    expect(await client.callTool({ name: 'echo', arguments: { question: 'hi' } })).toMatchObject({
      structuredContent: { answer: 'You asked: hi' },
    });
    await client.close();
    const [run] = await server.heddle.runs.list({});
    expect(run?.caller).toMatchObject({ principal: adaId, channel: 'mcp' });
  });

  it('get the address of the metadata only at the endpoint that takes tokens', async () => {
    const { challenge, status } = await list('hat_none');
    expect(status).toBe(401);
    expect(challenge).toContain(`resource_metadata="${server.address}/.well-known/oauth-protected-resource/mcp"`);
    expect((await list('hat_none', '/v1/models')).challenge).not.toContain('resource_metadata');
    const { body } = await server.call('GET', '/.well-known/oauth-protected-resource/mcp');
    expect(body).toMatchObject({ resource: `${server.address}/mcp`, authorization_servers: [server.address] });
    const own = (await server.call('GET', '/oauth/client.json')).body;
    expect(own).toMatchObject({
      client_id: `${server.address}/oauth/client.json`,
      redirect_uris: [`${server.address}/tools`],
    });
  });

  it('get tokens that are not stored readable and are accepted only at /mcp', async () => {
    const { access, refresh } = await connected();
    expect((await list(access)).tools).toEqual(['echo']);
    for (const path of ['/api/workflows', '/api/keys', '/v1/models', '/api/auth/me'])
      expect((await server.call('GET', path, undefined, { authorization: `Bearer ${access}` })).status).toBe(401);
    expect((await list(refresh)).status).toBe(401);
    const { dataFolder } = server.heddle.settings;
    const stored = readdirSync(dataFolder)
      .filter((name) => name.startsWith('heddle.db'))
      .map((name) => readFileSync(join(dataFolder, name)).toString('latin1'))
      .join('');
    expect(stored).toContain('oauth_tokens');
    for (const token of [access, refresh]) expect(stored).not.toContain(token.slice(4));
  });

  it('exchange a code once; a second exchange ends the token of the first', async () => {
    const given = await consented();
    const { access_token: access } = (await exchange(given)).body;
    expect((await list(access)).status).toBe(200);
    expect((await exchange(given)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await list(access)).status).toBe(401);
  });

  it.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect_uri', { redirect_uri: 'http://127.0.0.1:7777/other' }],
    ['another client', { client_id: 'oc_other' }],
  ])('get no token for a code with %s, which ends the code', async (_name, more) => {
    const given = await consented();
    expect(await exchange(given, more)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await exchange(given)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('get a new refresh token with each use; a used one that returns ends all of them', async () => {
    const { client, access, refresh } = await connected();
    const renew = (token: string, id = client) =>
      form('/oauth/token', { grant_type: 'refresh_token', refresh_token: token, client_id: id });
    expect((await renew(refresh, 'oc_other')).body).toMatchObject({ error: 'invalid_grant' });
    const next = (await renew(refresh)).body;
    expect((await list(next.access_token)).status).toBe(200);
    expect((await renew(refresh)).body).toMatchObject({ error: 'invalid_grant' });
    for (const token of [access, next.access_token]) expect((await list(token)).status).toBe(401);
    expect((await renew(next.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
  });

  it('are sent back only to a registered address', async () => {
    const client = await register();
    const { challenge } = pkce();
    const asked = {
      client_id: client,
      response_type: 'code',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    const wrong = [
      'https://evil.example/',
      `${callback}/x`,
      `${callback}?x=1`,
      'http://127.0.0.1.evil.example:7777/callback',
    ];
    for (const redirect of [...wrong, 'javascript:alert(1)', '//evil.example', '']) {
      const to = await authorize({ ...asked, redirect_uri: redirect });
      expect([to.origin, to.pathname, to.searchParams.get('failed')]).toEqual([
        server.address,
        '/connect',
        'invalid_redirect_uri',
      ]);
    }
    const unknown = await authorize({ ...asked, client_id: 'oc_none', redirect_uri: callback });
    expect([unknown.origin, unknown.searchParams.get('failed')]).toEqual([server.address, 'invalid_client']);
    // A program on this machine may listen on another port.
    const moved = await authorize({ ...asked, redirect_uri: 'http://127.0.0.1:9/callback' });
    expect(moved.searchParams.get('request')).toMatch(/^oq_/);
  });

  it('must send PKCE with S256, and name this server as the resource', async () => {
    const client = await register();
    const { challenge, verifier } = pkce();
    const right = {
      client_id: client,
      redirect_uri: callback,
      response_type: 'code',
      state: 's&t=1',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    };
    for (const [more, error] of [
      [{ code_challenge_method: 'plain', code_challenge: verifier }, 'invalid_request'],
      [{ code_challenge_method: '' }, 'invalid_request'],
      [{ code_challenge: '' }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ resource: 'https://other.example/mcp' }, 'invalid_target'],
      [{ scope: 'user:manage key:manage' }, 'invalid_scope'],
    ] as const) {
      const to = await authorize({ ...right, ...more });
      expect([to.host, to.searchParams.get('error'), to.searchParams.get('state'), to.searchParams.get('iss')]).toEqual(
        ['127.0.0.1:7777', error, 's&t=1', server.address],
      );
    }
    const given = await consented();
    expect((await exchange(given, { resource: 'https://other.example/mcp' })).body).toMatchObject({
      error: 'invalid_target',
    });
  });

  it("are decided on once, by the person who opened the request, on our own page, within that person's rights", async () => {
    const client = await register();
    const { challenge } = pkce();
    const to = await authorize({
      client_id: client,
      redirect_uri: callback,
      response_type: 'code',
      scope: scopes.join(' '),
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const path = `/api/consents/${to.searchParams.get('request')}`;
    const allow = { decision: 'allow', project: 'default', permissions: ['run:published'] };
    expect((await server.call('GET', path)).status).toBe(401);
    // A page of another site can send at most the cookie.
    expect(
      (await server.call('POST', path, allow, { cookie: ada['cookie'] ?? '', origin: 'https://evil.example' })).status,
    ).toBe(403);
    expect((await server.call('POST', path, allow, { cookie: ada['cookie'] ?? '' })).status).toBe(403);
    const { secret } = await server.heddle.keys.create(localPrincipal, {
      name: 'k',
      scopes: { permissions: ['run:published'] },
    });
    expect((await server.call('POST', path, allow, { authorization: `Bearer ${secret}` })).status).toBe(403);
    const viewer = await member('vi@example.org', ['auditor']);
    const shown = (await server.call('GET', path, undefined, viewer)).body;
    const held = (shown.projects[0]?.permissions ?? []) as string[];
    expect(held).not.toContain('run:published');
    expect((await server.call('POST', path, allow, viewer)).status).toBe(403);
    // Another person opened the request first.
    expect((await server.call('POST', path, allow, ada)).status).toBe(404);
    const other = await consented(ada, {}, ['run:published', 'collection:read']);
    expect(other.decided).toMatchObject({ status: 403 }); // The program did not ask for `collection:read`.
    const denied = await consented();
    expect((await server.call('POST', `/api/consents/${denied.id}`, allow, ada)).status).toBe(404);
  });

  it('lose the rights that the person loses, and end when the consent is revoked', async () => {
    const bo = await member('bo@example.org', ['editor']);
    const { access, refresh, client } = await connected(bo);
    expect((await list(access)).tools).toEqual(['echo']);
    const { projects, keys } = server.heddle.parts.identity;
    await projects.setRoles('default', `user:${bo['id']}`, ['auditor']);
    expect((await list(access)).tools).toEqual([]);
    await projects.setRoles('default', `user:${bo['id']}`, ['editor']);
    expect((await list(access)).tools).toEqual(['echo']);
    const key = (await keys.list('default')).find(({ owner }) => owner === `user:${bo['id']}`);
    expect(key).toMatchObject({ name: 'Desk', scopes: { permissions: ['run:published'] } });
    await server.call('DELETE', `/api/keys/${key?.id}`, undefined, ada);
    expect((await list(access)).status).toBe(401);
    expect(
      (await form('/oauth/token', { grant_type: 'refresh_token', refresh_token: refresh, client_id: client })).body,
    ).toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('end a token by revoking it', async () => {
    const one = await connected();
    expect((await form('/oauth/revoke', { token: one.access, client_id: 'oc_other' })).status).toBe(200);
    expect((await list(one.access)).status).toBe(200);
    expect((await form('/oauth/revoke', { token: one.access, client_id: one.client })).status).toBe(200);
    expect((await list(one.access)).status).toBe(401);
    const two = await connected();
    await form('/oauth/revoke', { token: two.refresh });
    const { records } = (await server.call('GET', '/api/audit?kind=key&limit=2', undefined, ada)).body;
    const recorded = records.map(({ who, details }: { who: string; details: { step: string } }) => [who, details.step]);
    expect(recorded).toEqual([
      [expect.stringMatching(/^key:k_/), 'revoked'],
      [adaId, 'made'],
    ]);
    expect((await list(two.access)).status).toBe(401);
    expect((await form('/oauth/revoke', { token: 'nothing' })).status).toBe(200);
    const unnamed = await form('/oauth/revoke', { client_id: one.client });
    expect([unnamed.status, unnamed.body.error]).toEqual([400, 'invalid_request']);
  });

  it('get an OAuth error for every malformed request', async () => {
    for (const [body, error] of [
      ['grant_type=password&username=a', 'unsupported_grant_type'],
      ['grant_type=authorization_code&grant_type=refresh_token', 'invalid_request'],
      ['__proto__=1&constructor=2', 'unsupported_grant_type'],
      [`grant_type=authorization_code&code=${'x'.repeat(5_000)}`, 'invalid_request'],
    ] as const)
      expect(await form('/oauth/token', body)).toMatchObject({ status: 400, body: { error } });
    const reply = await server.call('POST', '/oauth/register', { redirect_uris: 'x' });
    expect([reply.status, reply.body.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('register a few clients a minute from one network', async () => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries += 1)
      statuses.push((await server.call('POST', '/oauth/register', { redirect_uris: [callback] })).status);
    expect(new Set(statuses)).toEqual(new Set([201, 429]));
  });
});

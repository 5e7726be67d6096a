import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { MeReply } from '@heddle/core';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

/** The part of the provider's library that this test uses; the library has no types. */
interface Provider {
  callback(): RequestListener;
}
type ProviderClass = new (issuer: string, configuration: object) => Provider;

const accounts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ada: { email: 'ada@example.org', email_verified: true, name: 'Ada', groups: ['admins'] },
  bob: { email: 'bob@example.org', email_verified: true, name: 'Bob', groups: ['staff'] },
  eve: { email: 'ada@example.org', email_verified: false, name: 'Eve', groups: ['admins'] },
  ada2: { email: 'ada@example.org', email_verified: true, name: 'Another Ada', groups: ['admins'] },
  far: { email: 'far@elsewhere.example', email_verified: true, name: 'Far', groups: ['admins'] },
};

describe('signing in by a provider', () => {
  let provider: Server;
  let issuer: string;
  let server: TestServer;

  beforeEach(async () => {
    let answer: RequestListener = () => undefined;
    provider = createServer((request, response) => answer(request, response));
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    server = await startTestServer({
      settings: {
        HEDDLE_SIGN_IN: 'required',
        HEDDLE_OIDC_ISSUER: issuer,
        HEDDLE_OIDC_CLIENT_SECRET: 'a-secret-of-the-client-canary',
        HEDDLE_OIDC_DOMAINS: 'example.org',
        HEDDLE_OIDC_ROLES: 'admins=owner, staff=editor',
      },
    });
    // The library warns that it is meant for tests.
    for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
    const library = 'oidc-provider';
    const { default: OidcProvider } = (await import(library)) as { readonly default: ProviderClass };
    answer = new OidcProvider(issuer, {
      clients: [
        {
          client_id: 'heddle',
          client_secret: 'a-secret-of-the-client-canary',
          redirect_uris: [`${server.address}/api/auth/oidc/callback`],
        },
      ],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
      pkce: { required: () => true },
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => Promise.resolve({ sub: id, ...accounts[id] }),
      }),
    }).callback();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
    provider.closeAllConnections();
    provider.close();
  });

  /** A browser: it keeps cookies by host, follows redirects, and fills in the provider's forms. */
  async function visit(
    start: string,
    account: string,
  ): Promise<{ readonly last: Response; readonly cookies: Map<string, string> }> {
    const cookies = new Map<string, string>();
    let url = start;
    let form: URLSearchParams | undefined;
    for (let step = 0; step < 20; step += 1) {
      const response = await fetch(url, {
        redirect: 'manual',
        method: form === undefined ? 'GET' : 'POST',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), accept: 'text/html' },
        ...(form === undefined ? {} : { body: form }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';');
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      const next = response.headers.get('location');
      form = undefined;
      if (next !== null) {
        url = new URL(next, url).href;
        if (url.startsWith(server.address) && !url.includes('/api/auth/oidc/')) return { last: response, cookies };
        continue;
      }
      const page = await response.text();
      const action = /action="([^"]+)"/.exec(page)?.[1];
      if (action === undefined || url.startsWith(server.address))
        return { last: new Response(page, { status: response.status }), cookies };
      url = new URL(action, url).href;
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
      form = new URLSearchParams(prompt === 'login' ? { prompt, login: account, password: 'x' } : { prompt });
    }
    throw new Error('the way to the provider has no end');
  }
  const signIn = (account: string, to = '') => visit(`${server.address}/api/auth/oidc/start${to}`, account);
  const me = async (cookies: ReadonlyMap<string, string>) =>
    (await server.call('GET', '/api/auth/me', undefined, { cookie: `heddle=${cookies.get('heddle') ?? ''}` }))
      .body as Required<MeReply>;

  it('creates users of listed domains, with the roles of their groups, and finds them again', async () => {
    const first = await signIn('ada', '?to=/runs');
    expect(first.last.headers.get('location')).toBe('/runs');
    const { principal, provider: received } = await me(first.cookies);
    expect(principal).toMatchObject({ kind: 'user', name: 'Ada', roles: { default: ['owner'] } });
    expect(received).toEqual({ name: new URL(issuer).host, address: '/api/auth/oidc/start' });
    expect((await me((await signIn('bob')).cookies)).principal).toMatchObject({ roles: { default: ['editor'] } });
    expect((await me((await signIn('ada')).cookies)).principal.id).toBe(principal.id);
    expect(await server.heddle.users.list()).toHaveLength(2);
    const events = await server.heddle.audit.list({ kinds: ['sign-in'] });
    expect(events.map(({ isAllowed, details }) => [isAllowed, details['with']])).toEqual(
      Array.from({ length: 3 }, () => [true, 'provider']),
    );
  });

  it('makes the first owner by group the owner of every project, and no later user', async () => {
    const { projects } = server.heddle.parts.identity;
    const other = await projects.create('Other');
    const { principal } = await me((await signIn('ada')).cookies);
    expect(principal.roles).toEqual({ default: ['owner'], [other.id]: ['owner'] });
    // A later sign-in updates the roles in the first project from the groups, and leaves the other projects.
    expect((await me((await signIn('ada')).cookies)).principal.roles).toEqual(principal.roles);
    expect((await me((await signIn('bob')).cookies)).principal.roles).toEqual({ default: ['editor'] });
  });

  it('refuses an address that is not verified, of another domain, or that comes before there is an owner', async () => {
    const reasonOf = ({ last }: Awaited<ReturnType<typeof signIn>>) => [last.status, last.headers.get('location')];
    expect(reasonOf(await signIn('bob'))).toEqual([302, '/sign-in?failed=ownerless']);
    expect(await server.heddle.users.list()).toEqual([]);
    await signIn('ada');
    for (const [account, reason] of [
      ['eve', 'unverified'],
      ['far', 'unknown'],
      // The provider gave Ada's address to another person; Ada's account stays hers.
      ['ada2', 'taken'],
    ] as const) {
      const refused = await signIn(account);
      expect([...reasonOf(refused), refused.cookies.has('heddle')]).toEqual([302, `/sign-in?failed=${reason}`, false]);
    }
    expect(await server.heddle.users.list()).toHaveLength(1);
    const refused = (await server.heddle.audit.list({ kinds: ['sign-in'] })).filter(({ isAllowed }) => !isAllowed);
    expect(refused).toHaveLength(4);
  });

  it('accepts a reply only from the browser that began, once, and unchanged', async () => {
    const begin = async () => {
      const reply = await fetch(`${server.address}/api/auth/oidc/start`, { redirect: 'manual' });
      const cookie = (reply.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
      return { cookie, state: new URL(reply.headers.get('location') ?? '').searchParams.get('state') ?? '', reply };
    };
    const { cookie, state, reply } = await begin();
    const asked = new URL(reply.headers.get('location') ?? '').searchParams;
    expect([asked.get('code_challenge_method'), asked.get('response_type')]).toEqual(['S256', 'code']);
    expect(reply.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/);
    const come = async (query: string, headers: Readonly<Record<string, string>>) =>
      (await server.call('GET', `/api/auth/oidc/callback?${query}`, undefined, headers)).status;
    expect(await come(`code=x&state=${state}`, {})).toBe(401);
    expect(await come(`code=x&state=${state}`, { cookie: (await begin()).cookie })).toBe(401);
    expect(await come(`code=x&state=other`, { cookie })).toBe(401);
    expect(await come(`code=x&state=${state}`, { cookie })).toBe(401);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/ok\r\nx: y'])(
    'does not redirect to another site afterwards: %j',
    async (to) => {
      const { last } = await signIn('ada', `?to=${encodeURIComponent(to)}`);
      expect(last.headers.get('location')).toBe('/');
    },
  );

  it('never shows the client secret', async () => {
    const { cookies } = await signIn('ada');
    const cookie = `heddle=${cookies.get('heddle') ?? ''}`;
    const settings = await server.call('GET', '/api/settings', undefined, { cookie });
    expect(settings.status).toBe(200);
    expect(JSON.stringify(settings.body)).not.toContain('canary');
    expect(JSON.stringify(await server.heddle.audit.list({}))).not.toContain('canary');
  });
});

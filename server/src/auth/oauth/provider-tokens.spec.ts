import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

interface Key {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

describe('access tokens of the sign-in provider at the MCP endpoint', () => {
  let provider: Server;
  let issuer: string;
  let server: TestServer;
  let key: Key;
  let other: Key;
  let ada: string;
  let isDown = false;

  beforeAll(async () => {
    [key, other] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    const keys = [{ ...(await exportJWK(key.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }];
    provider = createServer(({ url }, reply) => {
      const about = { issuer, jwks_uri: `${issuer}/keys` };
      const endpoints = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` };
      reply.writeHead(isDown ? 503 : 200, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(url === '/keys' ? { keys } : { ...about, ...endpoints }));
    });
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    server = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required', HEDDLE_OIDC_ISSUER: issuer } });
    const { tables, identity } = server.heddle.parts;
    const { users, projects } = identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await tables.commit(users.write.linkSubject(user.id, issuer, 'ada'));
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    ada = user.id;
  });
  afterAll(async () => {
    await server.close();
    provider.closeAllConnections();
    provider.close();
  });
  beforeEach(() => {
    isDown = false;
  });

  interface Token {
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly audience?: string;
    readonly from?: string;
    readonly subject?: string;
    readonly expires?: string;
    readonly by?: CryptoKey;
    readonly kid?: string;
  }
  const resource = (): string => `${server.address}/mcp`;
  function token({ claims = {}, audience = resource(), from = issuer, subject = 'ada', ...more }: Token = {}) {
    const { expires = '10m', by = key.privateKey, kid = 'k1' } = more;
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .setIssuer(from)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(by);
  }
  const call = (bearer: string, path = '/mcp', body: object = {}) =>
    server.call('POST', path, body, { authorization: `Bearer ${bearer}`, accept: 'application/json' });

  async function connected(bearer: string): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' });
    const requestInit = { headers: { authorization: `Bearer ${bearer}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(resource()), { requestInit }));
    return client;
  }

  it('let a program act for its user, who owns the runs', async () => {
    const client = await connected(await token());
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['echo']);
    expect(await client.callTool({ name: 'echo', arguments: { question: 'hi' } })).not.toHaveProperty('isError', true);
    const [run] = await server.heddle.runs.list({});
    expect(run?.caller).toMatchObject({ principal: `user:${ada}`, channel: 'mcp' });
    await client.close();
  });

  it('give only the rights that their scopes name', async () => {
    const promptsFor = async (claims: Token['claims']) => {
      const client = await connected(await token({ claims }));
      const found = await client.listPrompts().then(({ prompts }) => prompts.length);
      const { tools } = await client.listTools();
      await client.close();
      return [found, tools.length];
    };
    const prompt = { project: 'default', name: 'greeting', title: '', owners: [] };
    const { parts } = server.heddle;
    await parts.tables.commit(
      parts.prompts.create(prompt, { kind: 'text', text: 'Hi' }, { who: 'local', note: '' }).writes,
    );
    expect(await promptsFor({ scope: 'openid workflow:read' })).toEqual([1, 0]);
    expect(await promptsFor({ scp: ['workflow:read', 'run:published'] })).toEqual([1, 1]);
    expect(await promptsFor({ scope: 'openid workflow:write' })).toEqual([0, 1]);
  });

  it('are announced by the metadata document of the endpoint', async () => {
    const { body } = await server.call('GET', '/.well-known/oauth-protected-resource/mcp');
    expect(body).toMatchObject({ resource: resource(), authorization_servers: [server.address, issuer] });
  });

  it.each<[string, () => Token]>([
    ['for another audience, as a token for signing in is', () => ({ audience: 'heddle' })],
    ['for another path of this server', () => ({ audience: server.address })],
    ['of another provider', () => ({ from: 'https://elsewhere.example' })],
    ['signed by somebody else', () => ({ by: other.privateKey })],
    ['signed with an unknown key', () => ({ by: other.privateKey, kid: 'k2' })],
    ['that is over', () => ({ expires: '-5m' })],
    ['for somebody who never signed in here', () => ({ subject: 'eve' })],
  ])('are refused if they are %s', async (_name, wrong) => {
    const reply = await call(await token(wrong()));
    expect(reply.status).toBe(401);
    expect(reply.body).toMatchObject({ error: { code: 'unauthorized' } });
    expect(reply.headers.get('www-authenticate')).toContain('resource_metadata');
  });

  it('are refused without a signature, with a signature of a shared secret, and without an expiry', async () => {
    const claims = { sub: 'ada', iss: issuer, aud: resource() };
    const unsigned = new UnsecuredJWT(claims).setExpirationTime('10m').encode();
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setExpirationTime('10m')
      .sign(new TextEncoder().encode(JSON.stringify(await exportJWK(key.publicKey))));
    const endless = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key.privateKey);
    for (const wrong of [unsigned, shared, endless, 'a.b.c', `${'x'.repeat(10_000)}.b.c`])
      expect((await call(wrong)).status).toBe(401);
  });

  it('are accepted by no other endpoint', async () => {
    const good = await token();
    const headers = { authorization: `Bearer ${good}` };
    for (const path of ['/v1/workflows/echo', '/api/workflows', '/v1/threads'])
      expect([path, (await call(good, path)).status]).toEqual([path, 401]);
    for (const path of ['/v1/models', '/api/auth/sessions', '/api/runs'])
      expect([path, (await server.call('GET', path, undefined, headers)).status]).toEqual([path, 401]);
  });

  it('end with the account of the user', async () => {
    const { tables, identity } = server.heddle.parts;
    const { users } = identity;
    const user = await users.create({ email: 'bob@example.org', name: 'Bob' });
    await tables.commit(users.write.linkSubject(user.id, issuer, 'bob'));
    const good = await token({ subject: 'bob' });
    const client = await connected(good);
    expect((await client.listTools()).tools).toEqual([]);
    await client.close();
    await users.setDisabled(user.id, true);
    expect((await call(good)).status).toBe(401);
  });

  it('report an error of the provider when its keys cannot be read', async () => {
    isDown = true;
    const fresh = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required', HEDDLE_OIDC_ISSUER: issuer } });
    try {
      const headers = { authorization: `Bearer ${await token({ audience: `${fresh.address}/mcp` })}` };
      expect((await fresh.call('POST', '/mcp', {}, headers)).body).toMatchObject({
        error: { code: 'provider_failed' },
      });
      isDown = false;
      expect((await fresh.call('POST', '/mcp', {}, headers)).status).toBe(401);
    } finally {
      await fresh.close();
    }
  });
});

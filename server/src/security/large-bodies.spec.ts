import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HookConfig, KeyScopes, localPrincipal, ShareConfig } from '@heddle/core';
import { request } from 'node:http';
import { echoDocument } from '../testing/echo-document.js';
import { testDocument } from '../testing/test-nodes.js';
import { serversOfTests } from '../testing/servers-of-tests.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/** This is not JSON, so a body that is read is answered with `bad_json`. */
const large = 'x'.repeat(200_000);

/** Reading a large body takes work, so the server does it only for callers who may send one. */
describe('a large body', () => {
  const startServer = serversOfTests();
  let server: TestServer;
  let bearer: Readonly<Record<string, string>>;
  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
    const { users, projects, keys } = server.heddle.parts.identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    const scopes = KeyScopes.parse({ permissions: ['workflow:write', 'run:published'], ratePerMinute: 2 });
    const { secret } = await keys.create({ name: 'k', owner: `user:${user.id}`, project: 'default', scopes });
    bearer = { authorization: `Bearer ${secret}` };
    await server.heddle.workflows.create(testDocument(), 'shout');
  });
  afterAll(() => server.close());

  const send = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    server.call('POST', path, large, headers);
  const codeOf = ({ body }: Awaited<ReturnType<typeof send>>): unknown => body.error?.code ?? body.code;

  it.each([
    ['/api/workflows', 'unauthorized'],
    ['/v1/workflows/shout', 'unauthorized'],
    ['/v1/chat/completions', 'unauthorized'],
    ['/v1/responses', 'unauthorized'],
    ['/v1/moderations', 'unauthorized'],
    ['/mcp', 'unauthorized'],
    ['/api/auth/sign-in', 'payload_too_large'],
    ['/api/auth/setup', 'payload_too_large'],
    [`/v1/share/hsl_${'x'.repeat(43)}/runs`, 'not_found'],
    ['/v1/hooks/none', 'trigger_not_found'],
    ['/v1/hooks/%25zz', 'trigger_not_found'],
    ['/v1/hooks/%zz', 'bad_request'],
    ['/v1/share/%E0%A4/runs', 'bad_request'],
    ['/api/workflows/%', 'bad_request'],
  ])('from an unknown caller is not read at %s', async (path, code) => expect(codeOf(await send(path))).toBe(code));

  it('with an unknown key or session is not read', async () => {
    const shown = { authorization: `Bearer hk_${'x'.repeat(43)}`, cookie: `heddle=hs_${'x'.repeat(43)}` };
    for (const [name, value] of Object.entries(shown))
      expect(codeOf(await send('/api/workflows', { [name]: value }))).toBe('unauthorized');
  });

  it('at a public channel is read only as often as runs may start there, for each network', async () => {
    const open = await startServer({ settings: { HEDDLE_TRUST_PROXY: '127.0.0.1' }, withStandardNodes: true });
    await open.heddle.workflows.create(echoDocument(), 'echo');
    await open.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    const { shares, hooks } = open.heddle.channels;
    const { token } = await shares.create('echo', ShareConfig.parse({ name: 'S', ratePerMinute: 2 }), localPrincipal);
    const hook = await hooks.create('echo', { ...HookConfig.parse({ name: 'H', ratePerMinute: 2 }) }, localPrincipal);
    for (const path of [`/v1/share/${token}/runs`, `/v1/hooks/${hook.id}`]) {
      const codes: unknown[] = [];
      for (const from of ['198.51.100.7', '198.51.100.7', '198.51.100.7', '203.0.113.9'])
        codes.push((await open.call('POST', path, large, { 'x-forwarded-for': from })).body.code);
      expect(codes.slice(2)).toEqual(['too_many_requests', codes[0]]);
      expect(codes[0]).not.toBe('too_many_requests');
    }
  });

  it('of undeclared length is not read either', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${server.address}/api/workflows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      });
      sent.on('response', (reply) => resolve(reply.resume().statusCode)).on('error', reject);
      sent.end('x');
    });
    expect(status).toBe(401);
  });

  it('from a known caller is read, and counted once', async () => {
    expect(codeOf(await send('/api/workflows', bearer))).toBe('bad_json');
    expect(codeOf(await send('/v1/workflows/shout', bearer))).toBe('bad_json');
    expect(codeOf(await send('/v1/workflows/shout', bearer))).toBe('too_many_requests');
  });

  it('is read on a machine that needs no sign-in', async () => {
    const plain = await startServer();
    expect((await plain.call('POST', '/api/workflows', large)).body.error.code).toBe('bad_json');
  });
});

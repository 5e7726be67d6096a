import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { controllers } from '../heddle.module.js';
import { accessKey } from '../http/access.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/** Headers that another site can make a browser send with the cookie of a signed-in user. */
const forgeries: readonly Readonly<Record<string, string>>[] = [
  {},
  { origin: 'http://evil.example' },
  { origin: 'null' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  { referer: 'http://localhost/' },
  { 'content-type': 'text/plain', 'sec-fetch-site': 'cross-site' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'x-http-method-override': 'GET' },
  { 'x-requested-with': 'XMLHttpRequest' },
];

const routes = controllers.flatMap((controller) => {
  const prefix = String(Reflect.getMetadata('path', controller) ?? '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
    const handler: unknown = Reflect.get(controller.prototype as object, key);
    if (key === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
    const method = RequestMethod[Number(Reflect.getMetadata('method', handler))] ?? 'GET';
    const rule: unknown = Reflect.getMetadata(accessKey, handler);
    const paths = [Reflect.getMetadata('path', handler) as string | readonly string[]].flat(); // Nest writes this metadata.
    // A route for unknown callers does nothing in the name of a user.
    const isOfNobody = rule === 'public' && (prefix === 'api/auth' || paths.every((path) => path.startsWith('oauth/')));
    if (method === 'GET' || isOfNobody) return [];
    return paths.map((path) => ({
      method: method === 'ALL' ? 'POST' : method,
      path: `/${prefix}/${path}`
        .replace(/\/+/g, '/')
        .replace(/(.)\/$/, '$1')
        .replace(/:\w+/g, 'x'),
    }));
  });
});

describe('a page of another site', () => {
  let server: TestServer;
  let cookie: string;
  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    cookie = `heddle=${(await sessions.begin(user.id, { isSecure: false, agent: '' })).token}`;
  });
  afterAll(() => server.close());

  it('changes nothing with the cookie of a signed-in user, at any route', async () => {
    const hits: string[] = [];
    const before = (await server.heddle.audit.head()).number;
    for (const { method, path } of routes)
      await Promise.all(
        forgeries.map(async (headers) => {
          const { statusCode } = await server.app.inject({
            method: method as 'POST',
            url: path,
            payload: '{"name":"forged"}',
            headers: { host: 'localhost', cookie, 'content-type': 'application/json', ...headers },
          });
          // Channels for other programs parse the body before they check the caller.
          const refusals = path.startsWith('/v1/') ? [400, 401, 403, 404, 415] : [401, 403, 415];
          if (!refusals.includes(statusCode)) hits.push(`${method} ${path} ${JSON.stringify(headers)}: ${statusCode}`);
        }),
      );
    expect(hits).toEqual([]);
    expect((await server.heddle.audit.head()).number).toBe(before);
  }, 60_000);

  it('cannot sign anyone in, as itself or as another user', async () => {
    for (const path of ['/api/auth/sign-in', '/api/auth/setup'])
      for (const headers of [
        { origin: 'http://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'null' },
      ] as readonly Readonly<Record<string, string>>[]) {
        const reply = await server.call('POST', path, { email: 'a@example.org', password: 'x', token: 'x' }, headers);
        expect([path, reply.status, reply.headers.get('set-cookie')]).toEqual([path, 403, null]);
      }
  });
});

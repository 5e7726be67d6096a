import { KeyScopes, localPrincipal, ShareConfig } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { controllers } from '../heddle.module.js';
import { echoDocument } from '../testing/echo-document.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { everyRight } from '../testing/every-right.js';

/** Every route that accepts a body, with the names of its parameters. */
const routes = controllers.flatMap((controller) => {
  const prefix = String(Reflect.getMetadata('path', controller) ?? '');
  return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
    const handler: unknown = Reflect.get(controller.prototype as object, key);
    if (key === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
    const method = RequestMethod[Number(Reflect.getMetadata('method', handler))] ?? 'GET';
    if (method === 'GET') return [];
    const paths = [Reflect.getMetadata('path', handler) as string | readonly string[]].flat(); // Nest writes this metadata.
    return paths.map((path) => [
      method === 'ALL' ? 'POST' : method,
      `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
    ]);
  });
}) as readonly (readonly [string, string])[];

const members = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"extra${index}":1`).join(',')}}`;
/** 9 MB of unknown members, which once blocked the process for 12.9 s. */
const hostile = members(650_000);
/** More members than any object may have. */
const wide = members(12_000);

/** Milliseconds; generous, for a slow and busy machine. Without the limit it took 12.9 s on a fast one. */
const soonMs = 8_000;

describe('a body of very many members', () => {
  let server: TestServer;
  let bearer: Readonly<Record<string, string>>;
  let page: string;
  beforeAll(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' }, withStandardNodes: true });
    const { users, projects, keys } = server.heddle.parts.identity;
    const user = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles('default', `user:${user.id}`, ['owner']);
    const scopes = KeyScopes.parse({ permissions: everyRight, ratePerMinute: 1_000_000 });
    const { secret } = await keys.create({ name: 'k', owner: `user:${user.id}`, project: 'default', scopes });
    bearer = { authorization: `Bearer ${secret}` };
    await server.heddle.workflows.create(echoDocument(), 'echo');
    await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    const config = ShareConfig.parse({ name: 'Page', ratePerMinute: 1_000_000 });
    page = (await server.heddle.channels.shares.create('echo', config, localPrincipal)).token;
  });
  afterAll(() => server.close());

  async function send(method: string, path: string, body: string, headers: Readonly<Record<string, string>>) {
    const type = { 'content-type': 'application/json' };
    const reply = await fetch(`${server.address}${path}`, { method, headers: { ...type, ...headers }, body });
    return { status: reply.status, text: await reply.text() };
  }

  /** Sends a body, and requests the health of the server until the reply comes. */
  async function sendAndWatch(method: string, path: string, body: string, headers: Readonly<Record<string, string>>) {
    let isAnswered = false;
    let longest = 0;
    const watch = async (): Promise<void> => {
      while (!isAnswered) {
        const begin = performance.now();
        expect((await fetch(`${server.address}/api/health`)).status).toBe(200);
        longest = Math.max(longest, performance.now() - begin);
      }
    };
    const watching = watch();
    const begin = performance.now();
    const reply = await send(method, path, body, headers);
    const ms = performance.now() - begin;
    isAnswered = true;
    await watching;
    return { ...reply, ms, healthMs: longest };
  }

  it('is tried on every route that accepts one', () => expect(routes.length).toBeGreaterThan(80));

  it.each(routes)('is refused with a key: %s %s', async (method, path) => {
    const { text } = await send(method, path.replace(/:\w+/g, 'echo'), wide, bearer);
    // A sign-in accepts no such large body, and an unknown share page or webhook reads none.
    const reason = /^\/api\/auth\//.test(path)
      ? 'payload_too_large'
      : /^\/v1\/share\//.test(path)
        ? 'not_found'
        : /^\/v1\/hooks\//.test(path)
          ? 'trigger_not_found'
          : 'body_too_complex';
    expect(text).toContain(`"${reason}"`);
    expect(text.length).toBeLessThan(2_000);
  });

  it.each([
    ['POST', '/api/compile'],
    ['POST', '/api/workflows'],
    ['PUT', '/api/workflows/echo'],
    ['POST', '/api/runs'],
    ['POST', '/api/workflows/echo/batches'],
    ['POST', '/api/collections/none/documents'],
    ['PUT', '/api/secrets/x'],
    ['POST', '/v1/workflows/echo'],
    ['POST', '/v1/chat/completions'],
    ['POST', '/v1/embeddings'],
    ['POST', '/v1/responses'],
    ['POST', '/v1/moderations'],
    ['POST', '/v1/batches'],
    ['POST', '/mcp'],
    ['POST', 'runs'],
    ['POST', 'runs/none/feedback'],
    ['POST', 'runs/none/cancel'],
  ])('of 9 MB delays no one, from a key or an anonymous user of a share page: %s %s', async (method, path) => {
    const isVisit = !path.startsWith('/');
    const { text, ms, healthMs } = await sendAndWatch(
      method,
      isVisit ? `/v1/share/${page}/${path}` : path,
      hostile,
      isVisit ? { 'heddle-session': 'session-of-a-visitor' } : bearer,
    );
    expect(text).toContain('"body_too_complex"');
    expect(text.length).toBeLessThan(2_000);
    expect(ms).toBeLessThan(soonMs);
    expect(healthMs).toBeLessThan(soonMs);
  });

  it('is refused with only its first unknown member when it has few enough', async () => {
    for (const [method, path] of [
      ['POST', '/api/compile'],
      ['POST', '/api/workflows'],
      ['POST', '/api/runs'],
      ['POST', '/api/workflows/echo/runs'],
      ['POST', '/api/projects'],
      ['PUT', '/api/secrets/x'],
      ['POST', '/api/workflows/echo/webhooks'],
      ['POST', '/api/workflows/echo/merge'],
    ] as const) {
      const { text } = await send(method, path, members(9_000), bearer);
      const { error } = JSON.parse(text) as { error: { code: string; message: string; details: unknown } };
      expect([path, error]).toEqual([
        path,
        {
          code: 'bad_request',
          message: "The request is not valid: Unknown field 'extra0': leave it out.",
          details: { issues: [{ field: 'extra0', message: "Unknown field 'extra0': leave it out" }] },
        },
      ]);
    }
  });

  it('is refused with the first input that the workflow does not have', async () => {
    const anonymousUser = { 'heddle-session': 'session-of-a-visitor' };
    for (const [path, headers] of [
      ['/v1/workflows/echo', bearer],
      [`/v1/share/${page}/runs`, anonymousUser],
    ] as const) {
      const { text } = await send('POST', path, members(9_000), headers);
      expect(JSON.parse(text)).toMatchObject({ code: 'input_unknown', details: { input: 'extra0' } });
      expect(text.length).toBeLessThan(1_000);
    }
  });
});

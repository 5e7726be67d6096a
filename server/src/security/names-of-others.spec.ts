import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultProject, KeyScopes } from '@heddle/core';
import { createFakeCollections } from '../testing/fake-collections.js';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { everyRight } from '../testing/every-right.js';

/** The caller has every right in the first project, and none in another one, which has a workflow. */
describe('names of another project', () => {
  let server: TestServer;
  let callers: readonly Readonly<Record<string, string>>[];

  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      settings: { HEDDLE_SIGN_IN: 'required' },
      collections: createFakeCollections(),
    });
    const { workflows, ownership, parts } = server.heddle;
    const { users, projects, keys } = parts.identity;
    const ada = await users.create({ email: 'ada@example.org', name: 'Ada' });
    await projects.setRoles(defaultProject, `user:${ada.id}`, ['owner']);
    const other = (await projects.create('Other')).id;
    ownership.assign('workflow', (await workflows.create(testDocument(), 'taken')).id, other);
    ownership.assign('collection', 'taken', other);
    const keyWith = async (permissions: readonly string[]) => {
      const scopes = KeyScopes.parse({ permissions });
      return (await keys.create({ name: 'k', owner: `user:${ada.id}`, project: defaultProject, scopes })).secret;
    };
    callers = [await keyWith(everyRight), await keyWith(['run:published'])].map((secret) => ({
      authorization: `Bearer ${secret}`,
    }));
  });
  afterAll(() => server.close());

  /** The reply to a caller who names a resource, with NAME instead of the name. */
  const received = async (
    headers: Readonly<Record<string, string>>,
    name: string,
    method: string,
    path: string,
    body?: unknown,
  ) => {
    const given = body === undefined ? undefined : (JSON.parse(JSON.stringify(body).replace('NAME', name)) as unknown);
    const reply = await server.call(method, path.replace('NAME', name), given, headers);
    return [reply.status, JSON.stringify(reply.body).replaceAll(name, 'NAME')];
  };

  it.each([
    ['GET', '/api/workflows/NAME', undefined],
    ['DELETE', '/api/workflows/NAME', undefined],
    ['POST', '/api/workflows/NAME/runs', { inputs: {} }],
    ['GET', '/api/workflows/NAME/versions', undefined],
    ['POST', '/api/workflows/NAME/publish/check', {}],
    ['POST', '/v1/workflows/NAME', { question: 'why' }],
    ['GET', '/v1/workflows/NAME/openapi.json', undefined],
    ['GET', '/api/collections/NAME', undefined],
  ])('%s %s answers as for unused names', async (method, path, body) => {
    for (const headers of callers) {
      const free = await received(headers, 'nobody', method, path, body);
      expect(await received(headers, 'taken', method, path, body)).toEqual(free);
      expect([403, 404]).toContain(free[0]);
    }
  });

  it.each([
    ['/v1/chat/completions', { model: 'NAME', messages: [{ role: 'user', content: 'why' }] }],
    ['/v1/responses', { model: 'NAME', input: 'why' }],
    ['/v1/moderations', { model: 'NAME', input: 'why' }],
  ])('are not models of %s either', async (path, body) => {
    for (const headers of callers)
      expect(await received(headers, 'taken', 'POST', path, body)).toEqual(
        await received(headers, 'nobody', 'POST', path, body),
      );
  });
});

import { afterAll, describe, expect, it } from '@jest/globals';
import { defaultProject, KeyScopes, type Principal, type Role } from '@heddle/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Identity } from '../auth/identity.js';
import { createTestHeddle } from '../testing/test-heddle.js';
import { testDocument } from '../testing/test-nodes.js';
import { createApp } from './create-app.js';

const user = (role: Role, project = defaultProject): Principal => ({
  kind: 'user',
  id: 'user:u',
  name: 'Uma',
  roles: new Map([[project, [role]]]),
});
const everybody: Readonly<Record<string, Principal>> = {
  viewer: user('viewer'),
  editor: user('editor'),
  stranger: { kind: 'anonymous', id: 'anonymous', name: '', roles: new Map() },
  neighbour: user('owner', 'other'),
  key: { ...user('owner'), kind: 'key', id: 'key:k', scopes: KeyScopes.parse({ workflows: ['nothing'] }) },
};

/** Identifies callers by a header that only this test knows. */
const identity: Identity = {
  identify: ({ headers }) => {
    const found = everybody[String(headers['x-who'])];
    if (found === undefined) throw new Error('the test names everybody');
    return Promise.resolve(found);
  },
};

describe('the access guard', () => {
  let app: NestFastifyApplication | undefined;
  const heddle = createTestHeddle();
  afterAll(() => app?.close());

  async function ask(who: string, method: 'GET' | 'POST', url: string): Promise<readonly [number, string | undefined]> {
    app ??= await createApp({ ...heddle, identity });
    const reply = await app.inject({ method, url, headers: { 'x-who': who, host: 'localhost' }, payload: {} });
    const body = reply.body === '' ? {} : reply.json<{ error?: { code: string } }>();
    return [reply.statusCode, body.error?.code];
  }

  it('admits callers with the right, and names the missing right to the others', async () => {
    expect(await ask('viewer', 'GET', '/api/workflows')).toEqual([200, undefined]);
    expect(await ask('viewer', 'POST', '/api/workflows')).toEqual([403, 'forbidden']);
    expect((await ask('editor', 'POST', '/api/workflows'))[1]).not.toBe('forbidden');
    expect(await ask('stranger', 'GET', '/api/workflows')).toEqual([401, 'unauthorized']);
    expect(await ask('neighbour', 'GET', '/api/workflows')).toEqual([200, undefined]);
    expect(await ask('neighbour', 'GET', '/api/users')).toEqual([403, 'forbidden']);
  });

  it('shows nothing of a workflow that the caller may not see, not even its id', async () => {
    await ask('viewer', 'GET', '/api/workflows');
    const { id } = await heddle.workflows.create(testDocument(), 'hidden');
    for (const who of ['neighbour', 'key'])
      for (const url of ['/api/workflows/hidden', '/api/workflows/hidden/versions', `/api/workflows/${id}`]) {
        const reply = await app?.inject({ method: 'GET', url, headers: { 'x-who': who, host: 'localhost' } });
        expect([who, url, reply?.statusCode]).toEqual([who, url, who === 'key' ? 403 : 404]);
        if (!url.includes(id)) expect(reply?.body).not.toContain(id);
      }
  });

  it('does not identify the caller of a public route', async () => {
    expect((await ask('stranger', 'GET', '/api/health'))[0]).toBe(200);
  });
});

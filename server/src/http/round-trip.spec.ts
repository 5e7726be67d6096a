import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { openPublished } from '../channels/testing/open-published.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { controllers } from '../heddle.module.js';
import type { AnyJson } from '../testing/any-json.js';
import type { TestServer } from '../testing/test-server.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';

interface Resource {
  readonly route: string;
  /** Creates one, and says at which addresses it is written and read, and how it is found in the reply. */
  readonly make: () => Promise<ListedResource>;
  /** One writable member with another value. */
  readonly change: object;
  /** Members that change by themselves when the resource is written. */
  readonly moves?: readonly string[];
  /** A member that every write needs and that is never shown. */
  readonly unshown?: object;
}

interface ListedResource {
  readonly at: string;
  readonly read: string;
  readonly find?: (body: AnyJson) => AnyJson;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: TestServer;
let tools: TestToolServer;
let taken = 0;
let session: Readonly<Record<string, string>> = {};
const call: TestServer['call'] = (method, path, body, headers = {}) =>
  server.call(method, path, body, { ...session, ...headers });
beforeAll(async () => {
  [server, tools] = await Promise.all([openPublished({ collections: createFakeCollections() }), startToolServer()]);
  const { token } = await made('/api/users', { email: 'ada@example.org', name: 'Ada', roles: ['owner'] });
  const origin = server.address;
  const { headers } = await call('POST', '/api/auth/setup', { token, password: 'correct horse battery' }, { origin });
  session = { origin, cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
});
afterAll(async () => {
  await server.close();
  await tools.close();
});

const workflow = '/api/workflows/echo';
const made = async (path: string, body: object, method = 'POST'): Promise<AnyJson> => {
  const reply = await call(method, path, body);
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(reply.body)}`);
  return reply.body;
};
/** The addresses of a resource that is read as an entry of a list. */
const listed = (list: string, at: string, name: string, key: string, value: string): ListedResource => ({
  at,
  read: list,
  find: (body): AnyJson => (body[name] as AnyJson[]).find((one) => one[key] === value),
});
const channel = async (kind: string, config: object): Promise<ListedResource> => {
  const { id } = await made(`${workflow}/${kind}`, { name: 'One', ...config });
  return listed(`${workflow}/${kind}`, `${workflow}/${kind}/${id}`, kind, 'id', id);
};
const shown = async (path: string, body: object): Promise<ListedResource> => {
  await made(path, body, 'PUT');
  return { at: path, read: path };
};
const toolServer = async (): Promise<string> => {
  const id = `files-${(taken += 1)}`;
  const transport = { kind: 'http', url: tools.url, isInside: true };
  await made('/api/tools/servers', { id, transport, clearance: 'confidential' });
  return id;
};

const resources: readonly Resource[] = [
  {
    route: 'PUT api/connections/:id',
    make: async () => {
      await made('/api/connections', { id: 'far', kind: 'openai', limits: { concurrency: 3, tokensPerMinute: 1_000 } });
      return { at: '/api/connections/far', read: '/api/connections/far' };
    },
    change: { title: 'Far away' },
  },
  {
    route: 'PUT api/tools/servers/:id',
    make: async () => {
      const path = `/api/tools/servers/${await toolServer()}`;
      return { at: path, read: path };
    },
    change: { title: 'Files' },
  },
  {
    route: 'PUT api/tools/servers/:id/tools/:name/effects',
    make: async () => {
      const list = `/api/tools/servers/${await toolServer()}/tools`;
      const found: AnyJson = await made(list.replace(/tools$/, 'refresh'), {});
      const { name, hash } = found.tools[0];
      await made(`${list}/${name}/approve`, { hash });
      return listed(list, `${list}/${name}/effects`, 'tools', 'name', name);
    },
    change: { effects: ['write'] },
  },
  {
    route: 'PATCH api/prompts/:id',
    make: async () => {
      const { id } = await made('/api/prompts', { name: 'changed', content: { kind: 'text', text: 'Hi' } });
      return { at: `/api/prompts/${id}`, read: `/api/prompts/${id}` };
    },
    change: { title: 'Greeting' },
    moves: ['updatedAt'],
  },
  {
    route: 'PUT api/prompts/:id/labels/:label',
    make: async () => {
      const { id } = await made('/api/prompts', { name: 'labelled', content: { kind: 'text', text: 'Hi' } });
      await made(`/api/prompts/${id}/versions`, { content: { kind: 'text', text: 'Ho' }, label: 'production' });
      const find = ({ labels }: AnyJson): AnyJson => ({ version: labels.production });
      return { at: `/api/prompts/${id}/labels/production`, read: `/api/prompts/${id}`, find };
    },
    change: { version: 1 },
  },
  {
    route: 'PUT api/gate',
    make: async () => {
      const rules = [{ kind: 'tests', id: 'tests', title: 'Tests', minTests: 2 }];
      await made('/api/gate', { rules }, 'PUT');
      return { at: '/api/gate', read: '/api/gate' };
    },
    change: { rules: [] },
    moves: ['revision', 'changedAt'],
  },
  {
    route: 'PUT api/grants/:kind/:id',
    make: async () => {
      await made('/api/connections', { id: 'lent', kind: 'openai' });
      return { at: '/api/grants/connection/lent', read: '/api/grants/connection/lent' };
    },
    change: { projects: ['*'] },
  },
  {
    route: 'PUT api/policies/:name',
    make: () => shown('/api/policies/near', { name: 'near', candidates: [{ model: 'm' }] }),
    change: { prefer: 'cheapest' },
  },
  {
    route: 'PUT api/budgets/:id',
    make: () => shown('/api/budgets/day', { scope: { kind: 'all' }, limits: { calls: 5 } }),
    change: { limits: { calls: 6 } },
  },
  {
    route: 'PUT api/alerts/:id',
    make: async () => {
      const condition = { kind: 'threshold', metric: 'runs', value: 5 };
      const { id } = await made('/api/alerts', { name: 'Many', condition });
      return { at: `/api/alerts/${id}`, read: `/api/alerts/${id}` };
    },
    change: { name: 'Too many' },
  },
  {
    route: 'PUT api/monitors/:id',
    make: async () => {
      const { id } = await made('/api/monitors', {
        name: 'Refusals',
        workflow: 'echo',
        evaluators: [{ kind: 'refusal' }],
      });
      return { at: `/api/monitors/${id}`, read: `/api/monitors/${id}` };
    },
    change: { share: 0.5 },
  },
  {
    route: 'PUT api/kill-switches/:target',
    make: () => shown('/api/kill-switches/tool:x', { reason: 'Odd' }),
    change: { reason: 'Odder' },
    moves: ['time'],
  },
  {
    route: 'PUT api/secrets/:name',
    make: () => shown('/api/secrets/pass', { value: 'v' }),
    change: { hosts: ['api.example.com'] },
    moves: ['updatedAt', 'needsHost'],
  },
  {
    route: 'PUT api/workflows/:id',
    make: () => Promise.resolve({ at: workflow, read: workflow, headers: { 'if-match': '*' } }),
    change: {},
    moves: ['revision', 'updatedAt'],
  },
  {
    route: 'PUT api/workflows/:id/tests',
    make: () => Promise.resolve({ at: `${workflow}/tests`, read: `${workflow}/tests` }),
    change: { content: '{"name":"a","inputs":{"question":"x"},"expect":{}}\n' },
  },
  {
    route: 'PUT api/workflows/:id/hooks/:hook',
    make: () => channel('hooks', { inputs: { question: '{{ body.text }}' } }),
    change: { isPaused: true },
  },
  {
    route: 'PUT api/workflows/:id/webhooks/:webhook',
    make: () => channel('webhooks', { url: 'https://hooks.example.org/x' }),
    change: { events: ['run.failed'] },
  },
  {
    route: 'PUT api/workflows/:id/schedules/:schedule',
    make: () => channel('schedules', { cron: '0 8 * * *', timeZone: 'Europe/Paris', inputs: { question: 'x' } }),
    change: { name: 'Daily' },
    // Past times are not caught up with, since times count from the change.
    moves: ['lastAt'],
  },
  {
    route: 'PUT api/workflows/:id/shares/:share',
    make: () => channel('shares', { budget: { money: 2 }, expiresAt: 4_000_000_000_000 }),
    change: { title: 'Ask' },
  },
  {
    route: 'PATCH api/users/:id',
    make: async () => {
      const { user } = await made('/api/users', { email: 'ann@example.org', name: 'Ann', roles: ['editor'] });
      return listed('/api/users', `/api/users/${user.id}`, 'users', 'id', user.id);
    },
    change: { isDisabled: true },
  },
  {
    route: 'PATCH api/keys/:id',
    make: async () => {
      const { key } = await made('/api/keys', { name: 'Robot', scopes: { ratePerMinute: 5 } });
      return listed('/api/keys', `/api/keys/${key.id}`, 'keys', 'id', key.id);
    },
    change: { scopes: { permissions: ['run:draft'] } },
  },
  {
    route: 'PATCH api/collections/:name',
    make: async () => {
      await made('/api/collections', { name: 'books', title: 'Books', embedding: 'e' });
      return { at: '/api/collections/books', read: '/api/collections/books' };
    },
    change: { title: 'Our books' },
  },
  {
    route: 'PUT api/collections/:name/relevance',
    make: async () => {
      await made('/api/collections', { name: 'novels', title: 'Novels', embedding: 'e' });
      return { at: '/api/collections/novels/relevance', read: '/api/collections/novels/relevance' };
    },
    change: { setting: { mode: 'manual', minimum: 0.4 } },
  },
  {
    route: 'PUT api/collections/:name/graph/',
    make: async () => {
      await made('/api/collections', { name: 'letters', title: 'Letters', embedding: 'e' });
      const at = '/api/collections/letters/graph';
      await made(at, { options: { model: 'reader' } }, 'PUT');
      return { at, read: at };
    },
    change: { options: { model: 'reader', types: ['person'] } },
  },
  {
    route: 'PUT api/collections/:name/documents/:id/readers',
    make: async () => {
      await made('/api/collections', { name: 'essays', title: 'Essays', embedding: 'e' });
      await (
        await server.heddle.parts.collections.get()
      )
        .open('essays')
        .then((essays) => essays.ingest([{ id: 'a', content: 'A text.' }]));
      const at = '/api/collections/essays/documents/a/readers';
      return { at, read: at };
    },
    change: { readers: ['local'] },
  },
  {
    route: 'PUT api/collections/:name/reader-rules',
    make: async () => {
      await made('/api/collections', { name: 'plays', title: 'Plays', embedding: 'e' });
      const at = '/api/collections/plays/reader-rules';
      await made(at, { rules: [{ field: 'team', kind: 'oidc-group' }] }, 'PUT');
      return { at, read: at };
    },
    change: { otherwise: [] },
  },
  {
    route: 'PATCH api/collections/:name/sources/:source',
    make: async () => {
      await made('/api/collections', { name: 'pages', title: 'Pages', embedding: 'e' });
      await made('/api/collections/pages/sources', {
        id: 'site',
        title: 'Site',
        kind: 'web',
        isPaused: true,
        config: { start: ['https://example.org/'] },
      });
      const at = '/api/collections/pages/sources/site';
      return { at, read: at };
    },
    change: { title: 'Our site' },
  },
  {
    route: 'PATCH api/groups/:id',
    make: async () => {
      const { id } = await made('/api/groups', { name: 'Legal' });
      return { at: `/api/groups/${id}`, read: '/api/groups', find: ({ groups }: AnyJson): AnyJson => groups[0] };
    },
    change: { name: 'Law' },
  },
  {
    route: 'PUT api/collections/:name/search-settings',
    make: async () => {
      await made('/api/collections', { name: 'ballads', title: 'Ballads', embedding: 'e' });
      return { at: '/api/collections/ballads/search-settings', read: '/api/collections/ballads/search-settings' };
    },
    change: { settings: { mode: 'dense', diversity: 0.2 } },
  },
  {
    route: 'PUT api/collections/:name/index-gate/',
    make: async () => {
      await made('/api/collections', { name: 'poems', title: 'Poems', embedding: 'e' });
      const { id } = await made('/api/datasets', { name: 'Questions on poems', description: '' });
      const at = '/api/collections/poems/index-gate';
      await made(at, { dataset: id }, 'PUT');
      return { at, read: at, find: ({ gate }: AnyJson): AnyJson => gate };
    },
    change: { maxLoss: 0.1 },
  },
  {
    route: 'PATCH api/annotation-queues/:id',
    make: async () => {
      const { id } = await made('/api/annotation-queues', { name: 'Clear?', rubric: { hasText: true } });
      return { at: `/api/annotation-queues/${id}`, read: `/api/annotation-queues/${id}` };
    },
    change: { assignees: ['local'] },
  },
  {
    route: 'PATCH api/projects/:id',
    make: async () => {
      const { id } = await made('/api/projects', { name: 'Shop' });
      return listed('/api/projects', `/api/projects/${id}`, 'projects', 'id', id);
    },
    change: { name: 'Stall' },
  },
  {
    route: 'PUT api/projects/:id/retention/',
    make: async () => ({ at: '/api/projects/default/retention', read: '/api/projects/default/retention' }),
    change: { rules: [{ subjects: 'visitor', level: 'public', days: 30 }] },
  },
  {
    route: 'PUT api/projects/:id/members/:member',
    make: async () => {
      const { id } = await made('/api/services', { name: 'Robot', roles: ['viewer'] });
      const list = '/api/projects/default/members';
      const member = `service:${id}`;
      return listed(list, `${list}/${member}`, 'members', 'member', member);
    },
    change: { roles: ['runner'] },
  },
];

/** A key is never shown, so it cannot be read and written back. */
const neverShown = ['PUT api/connections/:id/key'];
/** The path contains all values. */
const withoutBody = ['PUT api/groups/:id/members/:member'];

describe('a resource as it was read', () => {
  it.each(resources)('can be written back unchanged, and with one member changed: $route', async (resource) => {
    const { at, read, find = (body: AnyJson): AnyJson => body, headers = {} } = await resource.make();
    const method = resource.route.split(' ')[0] ?? '';
    const get = async (): Promise<AnyJson> => find((await call('GET', read)).body);
    const put = (body: object) => call(method, at, { ...body, ...resource.unshown }, headers);
    const still = (value: object): object =>
      Object.fromEntries(Object.entries(value).filter(([name]) => !(resource.moves ?? []).includes(name)));

    const before: AnyJson = await get();
    const same = await put(before);
    expect([same.status < 300, same.body]).toEqual([true, same.body]);
    expect(still(await get())).toEqual(still(before));
    expect((await put({ ...(await get()), ...resource.change })).status).toBeLessThan(300);
    expect(await get()).toMatchObject(resource.change);

    const misspelt = await put({ ...(await get()), creeatedAt: 1 });
    expect([misspelt.status, JSON.stringify(misspelt.body.error.details)]).toEqual([
      400,
      expect.stringContaining("Unknown field 'creeatedAt'"),
    ]);
  });

  it('has no effect in members that only the server sets, which the reply shows as they are', async () => {
    const { id, ...hook } = await made(`${workflow}/hooks`, { name: 'Sure', inputs: { question: 'x' } });
    delete hook.secret;
    const path = `${workflow}/hooks/${id}`;
    const forged = await call('PUT', path, { ...hook, owner: 'user:eve', createdAt: 1, workflowId: 'other' });
    expect(forged.body).toMatchObject({ id, owner: hook.owner, createdAt: hook.createdAt });
    const stored = (await call('GET', `${workflow}/hooks`)).body.hooks as AnyJson[];
    expect(stored.find((one) => one.id === id)).toEqual(forged.body);
    await made('/api/connections', { id: 'keyed', kind: 'openai' });
    const keyed = await call('PUT', '/api/connections/keyed', { id: 'keyed', kind: 'openai', key: 'sk-secret' });
    expect([keyed.status, JSON.stringify(keyed.body)]).toEqual([400, expect.stringContaining('vault')]);
    expect(JSON.stringify(keyed.body)).not.toContain('sk-secret');
  });

  it('is described with the members that only the server sets as read-only', async () => {
    const { paths, components } = (await call('GET', '/api/openapi.json')).body;
    expect(paths['/api/connections/{id}'].put.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/ReplaceConnectionRequest',
    });
    const { properties } = components.schemas.ReplaceConnectionRequest;
    const marked = Object.entries(properties as Record<string, { readonly readOnly?: boolean }>)
      .filter(([, { readOnly }]) => readOnly === true)
      .map(([name]) => name);
    expect(marked.sort()).toEqual(['activity', 'key', 'lastTest']);
  });

  it('changes no role in another project than the named one, and records no unchanged role', async () => {
    const { user } = await made('/api/users', { email: 'bo@example.org', name: 'Bo', roles: ['viewer'] });
    const { id } = await made('/api/projects', { name: 'Other' });
    await made(`/api/projects/${id}/members/user:${user.id}`, { roles: ['editor'] }, 'PUT');
    const records = async (): Promise<number> => (await server.heddle.audit.list({ kinds: ['role', 'user'] })).length;
    const before = await records();
    const roles = { default: ['viewer'], [id]: ['editor'] };
    const patch = (body: object) => call('PATCH', `/api/users/${user.id}`, body);
    expect((await patch({ roles, isDisabled: false })).status).toBe(200);
    expect(await records()).toBe(before);
    for (const other of [{ ...roles, [id]: ['owner'] }, { default: ['viewer'] }])
      expect((await patch({ roles: other })).body.error).toMatchObject({
        code: 'bad_request',
        message: expect.stringContaining(`PUT /api/projects/${id}/members/user:${user.id}`),
      });
    expect((await patch({ roles: { ...roles, default: ['runner'] } })).body.roles).toEqual({
      ...roles,
      default: ['runner'],
    });
  });

  it('is tested for every route that changes a resource', () => {
    const routes = controllers.flatMap((controller) => {
      const prefix = String(Reflect.getMetadata('path', controller) ?? '');
      return Object.getOwnPropertyNames(controller.prototype).flatMap((key) => {
        const handler: unknown = Reflect.get(controller.prototype as object, key);
        if (key === 'constructor' || typeof handler !== 'function' || !Reflect.hasMetadata('path', handler)) return [];
        const method = RequestMethod[Number(Reflect.getMetadata('method', handler))] ?? '';
        const path = `${prefix}/${String(Reflect.getMetadata('path', handler))}`
          .replace(/\/+/g, '/')
          .replace(/^\//, '');
        return ['PUT', 'PATCH'].includes(method) ? [`${method} ${path}`] : [];
      });
    });
    expect(routes.sort()).toEqual([...resources.map(({ route }) => route), ...neverShown, ...withoutBody].sort());
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { testDocument } from '../testing/test-nodes.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('projects', () => {
  let server: TestServer;
  let ada: Readonly<Record<string, string>>;
  let bob: Readonly<Record<string, string>>;

  /** The headers of a signed-in user. */
  async function signedIn(email: string, roles: readonly 'owner'[]): Promise<Readonly<Record<string, string>>> {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const user = await users.create({ email, name: email });
    await projects.setRoles('default', `user:${user.id}`, roles);
    const { token } = await sessions.begin(user.id, { isSecure: false, agent: '' });
    return { cookie: `heddle=${token}`, origin: server.address };
  }
  const made = async (headers: Readonly<Record<string, string>>, name = 'Shop'): Promise<string> =>
    String((await server.call('POST', '/api/projects', { name }, headers)).body.id);

  beforeEach(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' } });
    ada = await signedIn('ada@example.org', ['owner']);
    bob = await signedIn('bob@example.org', []);
  });
  afterEach(() => server.close());

  it('are created, listed to their members, renamed, and removed while they are empty', async () => {
    const id = await made(ada);
    const listed = await server.call('GET', '/api/projects', undefined, ada);
    expect(listed.body.projects).toEqual([
      { id: 'default', name: 'Default', roles: ['owner'], isManager: true },
      { id, name: 'Shop', roles: ['owner'], isManager: true },
    ]);
    expect((await server.call('GET', '/api/projects', undefined, bob)).body.projects).toEqual([]);
    expect((await server.call('POST', '/api/projects', { name: 'Mine' }, bob)).status).toBe(403);
    expect((await server.call('PATCH', `/api/projects/${id}`, { name: 'Web shop' }, ada)).body.name).toBe('Web shop');
    expect((await server.call('DELETE', '/api/projects/default', undefined, ada)).status).toBe(409);
    expect((await server.call('DELETE', `/api/projects/${id}`, undefined, ada)).status).toBe(204);
    expect((await server.call('PATCH', `/api/projects/${id}`, { name: 'x' }, ada)).status).toBe(404);
    const events = await server.heddle.audit.list({ kinds: ['project'] });
    expect(events.map(({ details }) => details['step'])).toEqual(['removed', 'renamed', 'made']);
  });

  it('have members with roles of their own, named by address, and always an owner', async () => {
    const id = await made(ada);
    const set = (member: string, roles: readonly string[]) =>
      server.call('PUT', `/api/projects/${id}/members/${encodeURIComponent(member)}`, { roles }, ada);
    expect((await set('bob@example.org', ['editor'])).body.members).toMatchObject([
      { name: 'ada@example.org', roles: ['owner'] },
      { name: 'bob@example.org', roles: ['editor'] },
    ]);
    expect((await server.call('GET', '/api/projects', undefined, bob)).body.projects).toEqual([
      { id, name: 'Shop', roles: ['editor'], isManager: false },
    ]);
    expect((await set('nobody@example.org', ['editor'])).status).toBe(404);
    expect((await set('ada@example.org', ['viewer'])).body.error.code).toBe('last_owner');
    expect((await set('bob@example.org', [])).body.members).toHaveLength(1);
    expect((await server.call('GET', `/api/projects/${id}/members`, undefined, bob)).status).toBe(404);
    const roles = await server.heddle.audit.list({ kinds: ['role'], project: id });
    expect(roles).toHaveLength(2);
  });

  it('are separate: resources of others are not found, in lists and by name', async () => {
    const id = await made(ada);
    await server.call('PUT', `/api/projects/${id}/members/bob@example.org`, { roles: ['editor'] }, ada);
    const first = await server.call('POST', '/api/workflows', { document: testDocument() }, ada);
    // Bob is in one project, so his workflow belongs to it without a header.
    const own = await server.call('POST', '/api/workflows', { document: testDocument() }, bob);
    expect(own.status).toBe(201);
    const list = async (headers: Readonly<Record<string, string>>): Promise<readonly string[]> =>
      (await server.call('GET', '/api/workflows', undefined, headers)).body.workflows.map(
        (workflow: { id: string }): string => workflow.id,
      ) as readonly string[];
    expect(await list(bob)).toEqual([own.body.id]);
    expect(new Set(await list(ada))).toEqual(new Set([own.body.id, first.body.id]));
    expect(await list({ ...ada, 'heddle-project': id })).toEqual([own.body.id]);
    expect(await list({ ...ada, 'heddle-project': 'default' })).toEqual([first.body.id]);
    for (const [method, path] of [
      ['GET', `/api/workflows/${first.body.slug}`],
      ['DELETE', `/api/workflows/${first.body.id}`],
      ['POST', `/api/workflows/${first.body.id}/runs`],
    ] as const)
      expect([(await server.call(method, path, undefined, bob)).status, path]).toEqual([404, path]);
    expect(
      (await server.call('GET', '/api/workflows', undefined, { ...bob, 'heddle-project': 'default' })).status,
    ).toBe(404);
    const run = await server.call('POST', `/api/workflows/${own.body.id}/runs`, { inputs: { question: 'why' } }, bob);
    expect(run.status).toBe(202);
    expect(await server.heddle.parts.journal.acceptance(run.body.runId)).toMatchObject({ caller: { project: id } });
    expect((await server.call('GET', '/api/runs', undefined, bob)).body.runs).toHaveLength(1);
    expect(
      (await server.call('GET', '/api/runs', undefined, { ...ada, 'heddle-project': 'default' })).body.runs,
    ).toHaveLength(0);
    expect((await server.call('GET', `/api/runs/${run.body.runId}`, undefined, bob)).status).toBe(200);
  });

  it("give programs service accounts, whose keys have the account's rights, and end with it", async () => {
    const id = await made(ada);
    const inProject = { ...ada, 'heddle-project': id };
    const service = await server.call('POST', '/api/services', { name: 'Deploy', roles: ['viewer'] }, inProject);
    expect(service.status).toBe(201);
    const scopes = { permissions: ['workflow:read', 'workflow:write'] };
    const key = await server.call('POST', '/api/keys', { name: 'ci', scopes, service: service.body.id }, inProject);
    expect(key.body.key).toMatchObject({ owner: `service:${service.body.id}`, project: id });
    const authorization = `Bearer ${key.body.secret}`;
    const ask = (method: string) => server.call(method, '/api/workflows', undefined, { authorization });
    expect((await ask('GET')).status).toBe(200);
    expect((await ask('POST')).status).toBe(403);
    expect((await server.call('POST', '/api/keys', { name: 'x', service: service.body.id }, ada)).status).toBe(404);
    expect((await server.call('DELETE', `/api/services/${service.body.id}`, undefined, ada)).status).toBe(204);
    expect((await ask('GET')).status).toBe(401);
  });

  it('can be archived and restored: an archived one is readable and accepts nothing new, not even from the local user', async () => {
    const id = await made(ada);
    const inProject = { ...ada, 'heddle-project': id };
    const own = await server.call('POST', '/api/workflows', { document: testDocument() }, inProject);
    expect(own.body.project).toBe(id);
    const archive = await server.call('POST', `/api/projects/${id}/archive`, undefined, ada);
    expect([archive.status, archive.body.archivedAt]).toEqual([200, expect.any(Number)]);
    const start = (headers: Readonly<Record<string, string>>) =>
      server.call('POST', `/api/workflows/${own.body.id}/runs`, { inputs: { question: 'why' } }, headers);
    const local = { authorization: `Bearer ${server.heddle.accounts.commandToken}` };
    for (const headers of [ada, local]) {
      expect((await start(headers)).body.error.code).toBe('project_archived');
      expect(
        (
          await server.call(
            'POST',
            '/api/workflows',
            { document: testDocument() },
            { ...headers, 'heddle-project': id },
          )
        ).status,
      ).toBe(409);
    }
    expect((await server.call('GET', `/api/workflows/${own.body.id}`, undefined, ada)).status).toBe(200);
    expect((await server.call('POST', '/api/projects/default/archive', undefined, ada)).status).toBe(409);
    const restored = await server.call('DELETE', `/api/projects/${id}/archive`, undefined, ada);
    expect(restored.body).not.toHaveProperty('archivedAt');
    expect((await start(ada)).status).toBe(202);
    const events = await server.heddle.audit.list({ kinds: ['project'], project: id });
    expect(events.map(({ details }) => details['step'])).toEqual(['taken out of the archive', 'archived', 'made']);
  });

  it('can be left by any member, but not by their last owner', async () => {
    const id = await made(ada);
    await server.call('PUT', `/api/projects/${id}/members/bob@example.org`, { roles: ['editor'] }, ada);
    const leave = (headers: Readonly<Record<string, string>>) =>
      server.call('DELETE', `/api/projects/${id}/membership`, undefined, headers);
    expect((await leave(ada)).body.error.code).toBe('last_owner');
    expect((await leave(bob)).status).toBe(204);
    expect((await leave(bob)).status).toBe(404);
    const [last] = await server.heddle.audit.list({ kinds: ['role'], project: id });
    expect(last?.details).toMatchObject({ step: 'left', roles: [] });
  });

  it('are reported as unknown when they do not exist, not listed as empty', async () => {
    const gone = { ...ada, 'heddle-project': 'p_gone' };
    expect((await server.call('GET', '/api/workflows', undefined, gone)).body.error.code).toBe('project_not_found');
    expect((await server.call('GET', '/api/projects', undefined, gone)).status).toBe(200);
    expect((await server.call('GET', '/api/connections', undefined, gone)).status).toBe(200);
  });

  it('are selected when a socket connects, which then gets only runs of that project', async () => {
    const id = await made(ada);
    const own = await server.call(
      'POST',
      '/api/workflows',
      { document: testDocument() },
      { ...ada, 'heddle-project': id },
    );
    const run = await server.call('POST', `/api/workflows/${own.body.id}/runs`, { inputs: { question: 'why' } }, ada);
    const heard = (project: string) =>
      new Promise<readonly string[]>((resolve) => {
        const socket = io(`${server.address}/live`, { auth: { project }, extraHeaders: { ...ada }, forceNew: true });
        socket.on('events', ({ events }: { events: readonly { runId: string }[] }) => {
          socket.close();
          resolve(events.map(({ runId }) => runId));
        });
        socket.on('connect', () => socket.emit('watch', { topic: 'runs' }));
      });
    expect(await heard(id)).toEqual([run.body.runId]);
    expect(await heard('default')).toEqual([]);
  });
});

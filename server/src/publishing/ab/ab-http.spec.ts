import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal, type Role, type WorkflowDocument } from '@heddle/core';
import { openPublished } from '../../channels/testing/open-published.js';
import type { AnyJson } from '../../testing/any-json.js';
import { echoDocument } from '../../testing/echo-document.js';
import type { TestServer } from '../../testing/test-server.js';

const arms = [
  { version: 1, share: 0.5 },
  { version: 2, share: 0.5 },
];
const request = { arms, primary: { name: 'feedback' } };

describe('A/B tests over HTTP', () => {
  let server: TestServer;
  const headersOf = async (
    name: string,
    roles: readonly Role[],
    project = 'default',
  ): Promise<Record<string, string>> => {
    const { users, projects, sessions } = server.heddle.parts.identity;
    const { id } = await users.create({ email: `${name}@example.org`, name });
    await projects.setRoles(project, `user:${id}`, [...roles]);
    const { token } = await sessions.begin(id, { isSecure: false, agent: '' });
    return { cookie: `heddle=${token}`, origin: server.address };
  };
  const path = (rest = ''): string => `/api/workflows/echo/ab${rest}`;
  let approver: Record<string, string> = {};

  beforeAll(async () => {
    server = await openPublished({ settings: { HEDDLE_SIGN_IN: 'required' } });
    approver = await headersOf('approver', ['approver', 'editor']);
    await server.call(
      'PUT',
      '/api/workflows/echo',
      { document: echoDocument('Said: ') },
      { ...approver, 'if-match': '*' },
    );
    await server.call('POST', '/api/workflows/echo/publish', { acceptDataMap: true, goLive: false }, approver);
  });
  afterEach(() => server.call('POST', '/api/workflows/echo/live', { live: { version: 1 } }, approver));
  afterAll(() => server.close());

  it('are started, changed, promoted and stopped by people with the right to publish, each with an audit event', async () => {
    const started = await server.call('POST', path(), request, approver);
    expect([started.status, started.body.test.control, started.body.verdict.kind]).toEqual([201, 1, 'too-early']);
    const { id, revision } = started.body.test;
    const moved = {
      revision,
      arms: [
        { version: 1, share: 0.75 },
        { version: 2, share: 0.25 },
      ],
    };
    expect((await server.call('POST', path(`/${id}/shares`), moved, approver)).body.test.arms[1].share).toBe(0.25);
    expect((await server.call('POST', path(`/${id}/shares`), moved, approver)).status).toBe(409);
    expect((await server.call('POST', path(`/${id}/promote`), { version: 9 }, approver)).status).toBe(400);
    const promoted = await server.call('POST', path(`/${id}/promote`), { version: 2 }, approver);
    expect(promoted.body.verdict.text).toBe('Version 2 was promoted: all callers got it.');
    const again = await server.call('POST', path(), request, approver);
    await server.call('POST', path(`/${again.body.test.id}/stop`), undefined, approver);
    const { body } = await server.call('GET', path(), undefined, approver);
    expect(body.tests.map(({ test }: { test: { outcome: string } }) => test.outcome)).toEqual(['stopped', 'promoted']);
    const steps = (await server.heddle.audit.list({})).map(({ details }) => details['step']);
    for (const step of ['test started', 'shares changed', 'test promoted', 'test stopped'])
      expect(steps).toContain(step);
  });

  it.each<[string, readonly Role[], string, number, number]>([
    ['a viewer', ['viewer'], 'default', 200, 403],
    ['an editor', ['editor'], 'default', 200, 403],
    ['the owner of another project', ['owner'], 'elsewhere', 404, 404],
  ])(
    'show to %s only what that caller may read, and cannot be changed by them',
    async (name, roles, project, read, change) => {
      const { projects } = server.heddle.parts.identity;
      const of = project === 'default' ? project : (await projects.create('Elsewhere')).id;
      const headers = await headersOf(name.replaceAll(' ', '-'), roles, of);
      const { body } = await server.call('POST', path(), request, approver);
      const { id, revision } = body.test;
      expect((await server.call('GET', path(), undefined, headers)).status).toBe(read);
      expect((await server.call('GET', path(`/${id}`), undefined, headers)).status).toBe(read);
      for (const [to, given] of [
        ['', request],
        [`/${id}/shares`, { revision, arms }],
        [`/${id}/promote`, { version: 2 }],
        [`/${id}/stop`, undefined],
      ] as const)
        expect((await server.call('POST', path(to), given, headers)).status).toBe(change);
    },
  );

  it('of one workflow are not found under another one', async () => {
    const { body } = await server.call('POST', path(), request, approver);
    await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'other' }, approver);
    const there = `/api/workflows/other/ab/${body.test.id}`;
    expect((await server.call('GET', there, undefined, approver)).status).toBe(404);
    expect((await server.call('POST', `${there}/stop`, undefined, approver)).status).toBe(404);
  });

  describe('with `sticky: conversation`', () => {
    const conversations = { arms, primary: { name: 'errors' }, sticky: 'conversation' };
    /** Starts a run, and returns its thread and its version. */
    const ask = async (slug: string, thread?: string): Promise<readonly [thread: string, version: string]> => {
      const headers = { ...approver, ...(thread === undefined ? {} : { 'heddle-thread': thread }) };
      const { headers: got } = await server.call('POST', `/v1/workflows/${slug}`, { question: 'hi' }, headers);
      return [got.get('heddle-thread') ?? '', got.get('heddle-version') ?? ''];
    };
    const remembering = (prefix: string): WorkflowDocument => {
      const { nodes, edges, ...echo } = echoDocument(prefix);
      const keep = { type: 'memory', version: 2, config: { mode: 'write' } };
      return {
        ...echo,
        nodes: { ...nodes, keep },
        edges: [...edges, { from: 'question.question', to: 'keep.messages' }],
      };
    };

    it.each([
      ['each new thread', 'echo', 'new'],
      ['each conversation that a workflow with a memory begins', 'remembering', undefined],
    ])('assigns %s its own version, and keeps it', async (_, slug, thread) => {
      if (slug !== 'echo') {
        const { workflows, publishing } = server.heddle;
        const { id } = await workflows.create(remembering('One: '), slug);
        await publishing.versions.publish(slug, { acceptDataMap: true }, localPrincipal);
        await workflows.save(id, remembering('Two: '), undefined);
        await publishing.versions.publish(slug, { acceptDataMap: true, goLive: false }, localPrincipal);
      }
      expect((await server.call('POST', `/api/workflows/${slug}/ab`, conversations, approver)).status).toBe(201);
      const threads = new Map<string, string>();
      for (let count = 0; count < 24; count += 1) threads.set(...(await ask(slug, thread)));
      expect([threads.size, [...new Set(threads.values())].sort()]).toEqual([24, ['1', '2']]);
      for (const [begun, version] of threads) expect(await ask(slug, begun)).toEqual([begun, version]);
      await server.heddle.publishing.abWorker.catchUp();
      const { body } = await server.call('GET', `/api/workflows/${slug}/ab`, undefined, approver);
      const counts = (body.tests[0].arms as AnyJson[]).map(({ runs, metrics }) => [
        Number(runs),
        Number((metrics as AnyJson[]).find(({ metric }) => metric === 'errors')?.callers),
      ]);
      expect(counts.map(([runs]) => runs).reduce((sum, runs = 0) => (sum ?? 0) + runs, 0)).toBe(48);
      expect(counts.map(([, callers]) => callers).reduce((sum, callers = 0) => (sum ?? 0) + callers, 0)).toBe(24);
    });
  });
});

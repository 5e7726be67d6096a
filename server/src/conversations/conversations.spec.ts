import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@heddle/adapters/database';
import { labelOf, type ConversationOwner } from '@heddle/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { remembering } from '../security/testing/memory-nodes.js';
import type { AnyJson } from '../testing/any-json.js';

type Person = Shown & { readonly id: string };

describe('conversations', () => {
  let house: TwoProjects;
  let alphaOwner: Person;
  let betaOwner: Person;
  let runner: Person;
  let viewer: Person;
  let workflow: string;
  let count = 0;

  beforeAll(async () => {
    house = await openTwoProjects();
    alphaOwner = house.person({ [house.alpha]: ['owner'] });
    betaOwner = house.person({ [house.beta]: ['owner'] });
    runner = house.person({ [house.alpha]: ['runner'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    workflow = await house.workflow(house.alpha, { ...remembering, nodes: {}, edges: [] });
  });
  afterAll(() => house.close());

  const store = () => house.server.heddle.parts.conversations;
  const say = async (owner: Partial<ConversationOwner>, title: string, ...texts: string[]): Promise<string> => {
    const whole = { project: house.alpha, workflow, subject: `user:${runner.id}`, ...owner };
    const turns = texts.map((content) => ({ message: { role: 'user' as const, content }, label: labelOf('internal') }));
    const { id } = await store().begin(whole, { title });
    await store()
      .memory(id, 'r')
      .append(turns, { idempotencyKey: String((count += 1)) });
    // Conversations of the same millisecond have no defined order.
    await new Promise((resolve) => setTimeout(resolve, 2));
    return id;
  };
  /** Removes the owner, as in conversations of older versions. */
  const orphan = (ids: readonly string[]): void => {
    const database = openDatabase(join(house.server.heddle.settings.dataFolder, 'heddle.db'));
    for (const id of ids)
      database.connection
        .prepare('UPDATE conversations SET project = NULL, workflow = NULL, subject = NULL WHERE id = ?')
        .run(id);
    database.close();
  };
  const titles = async (who: Shown, query = '', project?: string): Promise<readonly string[]> => {
    const { status, body } = await house.call(who, 'GET', `/api/conversations${query}`, undefined, project);
    expect([status, body.error]).toEqual([200, undefined]);
    return (body.conversations as AnyJson[]).map(({ title }) => title as string);
  };
  const exportFor = async ({ id: _id, ...headers }: Shown, query = ''): Promise<Response> =>
    fetch(`${house.server.address}/api/conversations/export${query}`, { headers });
  const statusOf = async (who: Shown, method: string, path: string, body?: unknown): Promise<number> =>
    (await house.call(who, method, `/api/conversations${path}`, body)).status;

  it('are listed for people who may read values of runs in the project, with filters, search and pages', async () => {
    await say({}, 'first', 'How much is tea?');
    await say({ subject: 'key:k_1' }, 'second', 'Where is my order?');
    await say({ project: house.beta, workflow: 'w' }, 'theirs', 'Beta speaks');
    expect(await titles(viewer)).toEqual(['second', 'first']);
    expect(await titles(viewer, '?search=TEA')).toEqual(['first']);
    expect(await titles(viewer, '?subject=key:k_1')).toEqual(['second']);
    expect(await titles(viewer, `?workflow=${workflow}&search=first`)).toEqual(['first']);
    expect(await titles(viewer, `?project=${house.beta}`)).toEqual([]);
    expect(await titles(betaOwner)).toEqual(['theirs']);
    expect(await titles(betaOwner, `?project=${house.alpha}`)).toEqual([]);
    expect(await titles(betaOwner, '?search=tea')).toEqual([]);
    const { body } = await house.call(viewer, 'GET', '/api/conversations?limit=1');
    expect(body).toMatchObject({ conversations: [{ title: 'second', turns: 1, level: 'internal' }] });
    expect(await titles(viewer, `?limit=1&after=${body.next}`)).toEqual(['first']);
    expect(await titles(viewer, `?limit=1&after=${body.next.replace(/_.*/, '_0')}`)).toEqual(['first']);
    const { body: named } = await house.call(viewer, 'GET', '/api/conversations?search=first');
    expect(named.names).toEqual({ [`user:${runner.id}`]: expect.stringMatching(/^Person/) });
    expect((await house.call(viewer, 'GET', '/api/conversations?nonsense=1')).status).toBe(400);
  });

  it('show their messages page by page, and are not found by people of another project', async () => {
    const id = await say({}, 'long', ...Array.from({ length: 5 }, (_value, index) => `turn ${index + 1}`));
    const read = async (query: string): Promise<AnyJson> =>
      (await house.call(viewer, 'GET', `/api/conversations/${id}${query}`)).body;
    const textsOf = ({ said }: AnyJson) => (said as AnyJson[]).map(({ message }) => message.content as string);
    const last = await read('?limit=2');
    expect([textsOf(last), last.next, last.said[0].label.level]).toEqual([['turn 4', 'turn 5'], 4, 'internal']);
    const before = await read(`?limit=2&before=${last.next}`);
    expect([textsOf(before), before.next]).toEqual([['turn 2', 'turn 3'], 2]);
    const first = await read(`?limit=2&before=${before.next}`);
    expect([textsOf(first), first.next]).toEqual([['turn 1'], undefined]);

    const foreign = await house.call(betaOwner, 'GET', `/api/conversations/${id}`);
    const unknown = await house.call(betaOwner, 'GET', '/api/conversations/none');
    expect([foreign.status, foreign.body]).toEqual([404, unknown.body]);
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/assign'],
    ] as const)
      expect([method, await statusOf(betaOwner, method, `/${id}${path}`, method === 'POST' ? {} : undefined)]).toEqual([
        method,
        404,
      ]);
  });

  it('are read and erased by their own subject, who needs only the right to call', async () => {
    const key = house.key(house.alpha);
    const [{ id: keyId } = { id: '' }] = await house.server.heddle.parts.identity.keys.list(house.alpha);
    const own = await say({ subject: `key:${keyId}` }, 'of-the-key', 'Mine');
    const other = await say({ subject: 'key:another' }, 'of-another', 'Not yours');
    expect(await titles(key)).toEqual(['of-the-key']);
    expect(await titles(key, '?search=yours')).toEqual([]);
    const exported = await (await exportFor(key)).text();
    expect(exported).toContain('Mine');
    expect(exported).not.toContain('Not yours');
    expect([await statusOf(key, 'GET', `/${own}`), await statusOf(key, 'GET', `/${other}`)]).toEqual([200, 404]);
    expect([await statusOf(key, 'DELETE', `/${other}`), await statusOf(key, 'DELETE', `/${own}`)]).toEqual([404, 200]);
    // A runner reads values of runs, and erases only their own conversations.
    const own2 = await say({}, 'of-the-runner', 'Mine');
    expect(await statusOf(runner, 'GET', `/${other}`)).toBe(200);
    expect([await statusOf(runner, 'DELETE', `/${other}`), await statusOf(runner, 'DELETE', `/${own2}`)]).toEqual([
      403, 200,
    ]);
    expect(await statusOf(viewer, 'DELETE', `/${other}`)).toBe(403);
    const { body } = await house.call(runner, 'DELETE', '/api/conversations?search=o');
    expect(body.turns).toBeGreaterThan(0);
    expect(await store().find(other)).toBeDefined();
  });

  it('are renamed by a person who may erase them, and the audit log does not contain the name', async () => {
    const id = await say({}, 'old name', 'Hi');
    expect(await statusOf(viewer, 'POST', `/${id}/rename`, { title: 'Mine now' })).toBe(403);
    expect(await statusOf(betaOwner, 'POST', `/${id}/rename`, { title: 'Mine now' })).toBe(404);
    expect(await statusOf(alphaOwner, 'POST', `/${id}/rename`, { title: ' ' })).toBe(400);
    expect(await statusOf(runner, 'POST', `/${id}/rename`, { title: 'Tea and cake' })).toBe(204);
    expect(await titles(viewer, '?search=tea and cake')).toEqual(['Tea and cake']);
    const [record] = await house.server.heddle.audit.list({ subject: `conversation:${id}`, limit: 1 });
    expect(record).toMatchObject({ who: `user:${runner.id}`, details: { step: 'conversation renamed' } });
    expect(JSON.stringify(record)).not.toContain('cake');
  });

  it('are exported as lines of JSON, which is recorded', async () => {
    await say({ subject: 'end-user:ann' }, 'exported', 'One', 'Two');
    const reply = await exportFor(viewer, '?subject=end-user:ann');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="conversations.jsonl"');
    const [line, ...others] = (await reply.text()).trim().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(line ?? '')).toMatchObject({
      owner: { project: house.alpha, workflow, subject: 'end-user:ann' },
      title: 'exported',
      said: [{ message: { content: 'One' } }, { message: { content: 'Two' } }],
    });
    const [record] = await house.server.heddle.audit.list({ kinds: ['export'], limit: 1 });
    expect(record).toMatchObject({
      who: `user:${viewer.id}`,
      project: house.alpha,
      details: { step: 'conversations', conversations: 1, by: ['subject'] },
    });
    expect(JSON.stringify(record)).not.toContain('ann');
  });

  it('are gone from the files when they are erased, while the audit log stays whole without their text', async () => {
    const text = 'A planted sentence about Ann';
    for (let index = 0; index < 130; index += 1) await say({ subject: 'end-user:ann' }, `ann-${index}`, text, 'Bye');
    const folder = house.server.heddle.settings.dataFolder;
    const { body } = await house.call(alphaOwner, 'DELETE', '/api/conversations?subject=end-user:ann');
    expect(body).toEqual({ conversations: 131, turns: 262 });
    expect(await titles(alphaOwner, '?subject=end-user:ann')).toEqual([]);
    const files = ['heddle.db', 'heddle.db-wal'].map((name) => readFileSync(join(folder, name)));
    for (const content of files) expect(content.includes(text)).toBe(false);

    const records = await house.server.heddle.audit.list({ kinds: ['erase'], limit: 2 });
    expect(records.map(({ details }) => [details['conversations'], details['turns'], details['by']])).toEqual([
      [31, 62, ['subject']],
      [100, 200, ['subject']],
    ]);
    expect(records[0]?.details['hashes']).toHaveLength(31);
    expect(JSON.stringify(records)).not.toMatch(/planted|ann/);
    const verified = await house.call(alphaOwner, 'GET', '/api/audit/verify');
    expect(verified.body).toMatchObject({ isWhole: true });
    expect((await house.call(alphaOwner, 'DELETE', '/api/conversations')).status).toBe(400);
  });

  it('without an owner are seen, assigned and erased only by a person who manages projects', async () => {
    const { heddle } = house.server;
    const id = await say({ subject: 'local' }, 'of-before', 'Before');
    const other = await say({ subject: 'local' }, 'also-of-before', 'Before');
    orphan([id, other]);
    expect(await titles(alphaOwner, '?unassigned=true')).toEqual(['also-of-before', 'of-before']);
    expect(await titles(alphaOwner, '?search=before')).toEqual([]);
    for (const who of [viewer, runner, betaOwner]) {
      expect(await statusOf(who, 'GET', '?unassigned=true')).toBe(403);
      expect(await statusOf(who, 'GET', `/${id}`)).toBe(404);
    }
    const owner = { project: house.alpha, workflow, subject: `user:${runner.id}` };
    expect(await statusOf(viewer, 'POST', `/${id}/assign`, owner)).toBe(403);
    for (const [wrong, status] of [
      [{ ...owner, project: 'none' }, 404],
      [{ ...owner, workflow: 'none' }, 404],
      [{ ...owner, project: house.beta }, 404],
      [{ ...owner, subject: 'somebody' }, 400],
    ] as const)
      expect([wrong, await statusOf(alphaOwner, 'POST', `/${id}/assign`, wrong)]).toEqual([wrong, status]);
    expect(await statusOf(alphaOwner, 'POST', `/${id}/assign`, owner)).toBe(204);
    expect(await statusOf(alphaOwner, 'POST', `/${id}/assign`, owner)).toBe(409);
    expect((await store().find(id))?.owner).toEqual(owner);
    const [record] = await heddle.audit.list({ kinds: ['project'], limit: 1 });
    expect(record).toMatchObject({
      subject: `conversation:${id}`,
      details: { step: 'conversation assigned', workflow },
    });
    expect((await house.call(alphaOwner, 'DELETE', '/api/conversations?unassigned=true')).body.conversations).toBe(1);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import type { ModelHub, WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { AnyJson } from '../testing/any-json.js';

type Listed = Record<'id' | 'readers', unknown>;

/** Searches, and caches the result under the question. */
const asking: WorkflowDocument = {
  heddle: 2,
  name: 'Ask notes',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    look: { type: 'cache', version: 1, config: {} },
    say: { type: 'prompt', version: 1, config: { template: '{{ question }}' } },
    search: {
      type: 'retrieve',
      version: 1,
      config: { collection: 'notes', mode: 'lexical', topK: 20, relevance: 'off' },
    },
    keep: { type: 'cache', version: 1, config: { mode: 'store' } },
    reply: {
      type: 'output',
      version: 1,
      config: { fields: ['hit', 'found'].map((name) => ({ name, type: 'Json', required: false })) },
    },
  },
  edges: [
    { from: 'asked.question', to: 'look.key' },
    { from: 'look.miss', to: 'say.question' },
    { from: 'say.text', to: 'search.query' },
    { from: 'look.miss', to: 'keep.key' },
    { from: 'search.passages', to: 'keep.value' },
    { from: 'keep.value', to: 'reply.found' },
    { from: 'look.hit', to: 'reply.hit' },
  ],
};

describe('who may read documents, through the API', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-readers-api-'));
  const parser = createDocuments();
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  let ada: Shown & { readonly id: string };
  let bob: Shown & { readonly id: string };
  let slug: string;
  let questions = 0;

  const call = (method: string, path: string, body?: object, who: Shown = owner) =>
    house.call(who, method, path, body, house.alpha);
  const at = (path = ''): string => `/api/collections/notes${path}`;
  const set = async (document: string, readers: readonly string[] | null): Promise<AnyJson> =>
    (await call('PUT', at(`/documents/${encodeURIComponent(document)}/readers`), { readers })).body;
  const sorted = (found: AnyJson): readonly string[] =>
    [...new Set((found as { readonly document: string }[]).map(({ document }) => document))].sort();
  const searched = async (who: Shown): Promise<readonly string[]> =>
    sorted((await call('POST', at('/search'), { query: 'robin', mode: 'lexical', k: 20 }, who)).body['results']);
  /** The documents that a run of the published version finds. */
  const run = async (who: Shown, question?: string): Promise<readonly string[]> => {
    const asked = { question: question ?? `robin ${'x'.repeat((questions += 1))}` };
    const { body } = await house.call(who, 'POST', `/v1/workflows/${slug}`, asked);
    const { outputs } = body;
    expect([body.status, body.error]).toEqual(['done', undefined]);
    return sorted(outputs.hit ?? outputs.found);
  };
  const speaking = (name: string, key: Shown, groups?: string): Shown => ({
    ...key,
    'heddle-end-user': name,
    ...(groups === undefined ? {} : { 'heddle-end-user-groups': groups }),
  });
  const group = async (name: string): Promise<string> =>
    String((await call('POST', '/api/groups', { name })).body['id']);

  beforeAll(async () => {
    const embedder = async (id: string) => createFakeEmbedder({ id });
    const collections = createCollections({
      embedded: store,
      documents: parser,
      embedder,
      tokenizer: async () => createFakeTokenizer(),
    });
    house = await openTwoProjects({
      collections,
      models: { embedder } as unknown as ModelHub,
      withStandardNodes: true,
    });
    const { alpha, beta } = house;
    owner = house.person({ [alpha]: ['owner'], [beta]: ['owner'] });
    ada = house.person({ [alpha]: ['runner'], [beta]: ['runner'] });
    bob = house.person({ [alpha]: ['editor'] });
    await house.server.heddle.collections.create({ name: 'notes', embedding: 'fake' });
    house.server.heddle.ownership.assign('collection', 'notes', alpha);
    const texts = ['open', 'one', 'two'].map((id) => ({ id, content: `The robin of ${id} sings.` }));
    await house.server.heddle.collections.ingestNow('notes', { documents: texts, sync: false }, {});
    ({ slug } = await house.published(alpha, asking));
  });
  beforeEach(async () => {
    for (const document of ['open', 'one', 'two']) await set(document, null);
  });
  afterAll(async () => {
    await house.close();
    await parser.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is set by owners, named by address or id, and recorded', async () => {
    const email = (await house.server.heddle.parts.identity.users.get(ada.id)).email;
    expect(await set('one', [`user:${email}`, 'oidc-group:Sales'])).toEqual({
      documents: 1,
      readers: ['oidc-group:Sales', `user:${ada.id}`],
    });
    const refused = [['user:nobody@example.org'], ['group:none'], ['key:none'], ['ada'], ['user:'], ['user:a\u202Eb']];
    for (const readers of refused)
      expect((await call('PUT', at('/documents/one/readers'), { readers })).status).toBe(400);
    const body = { readers: [] };
    const path = at('/documents/one/readers');
    expect((await call('GET', path)).body).toEqual({ readers: ['oidc-group:Sales', `user:${ada.id}`] });
    expect((await call('GET', path, undefined, bob)).status).toBe(403);
    expect((await call('PUT', path, body, bob)).status).toBe(403);
    expect((await call('PUT', path, body, ada)).status).toBe(403);
    expect((await call('PUT', at('/documents/none/readers'), body)).status).toBe(404);
    expect((await call('GET', at('/reader-rules'), undefined, bob)).status).toBe(403);
    const { body: audit } = await call('GET', '/api/audit?limit=50');
    const details = (audit['records'] as { readonly details: unknown }[]).map((record) => record.details);
    expect(details).toContainEqual(expect.objectContaining({ step: 'readers set', document: 'one', documents: 1 }));
  });

  it('lets readers learn nothing of other documents from counts, times and settings', async () => {
    await set('one', [`user:${ada.id}`]);
    await set('two', []);
    const infoOf = async (who: Shown): Promise<AnyJson> => {
      const { body } = await call('GET', at(), undefined, who);
      const listed = (await call('GET', '/api/collections', undefined, who)).body['collections'] as AnyJson[];
      expect(listed.find(({ name }) => name === 'notes')).toEqual(body);
      return body;
    };
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    expect(await infoOf(bob)).toMatchObject({ documents: 3, passages: 3, restricted: 2 });
    expect(await infoOf(ada)).toMatchObject({ documents: 2, passages: 2 });
    const seen = await infoOf(viewer);
    expect(seen).toMatchObject({ documents: 1, passages: 1 });
    expect([await infoOf(ada), seen].map((info) => 'restricted' in info)).toEqual([false, false]);
    await house.server.heddle.collections.ingestNow(
      'notes',
      { documents: [{ id: 'two', content: 'The robin of two sings another song.' }], sync: false },
      {},
    );
    expect(await infoOf(viewer)).toEqual(seen);
    const { body: indexes } = await call('GET', at('/reindex'), undefined, viewer);
    expect(indexes['serving']).toMatchObject({ name: 'notes' });
    for (const hidden of ['documents', 'passages', 'updatedAt', 'restricted'])
      expect([hidden, hidden in (indexes['serving'] as object)]).toEqual([hidden, false]);
    expect((await call('GET', at('/reindex'), undefined, bob)).body['serving']).toMatchObject({ documents: 3 });
    await call('POST', at('/relevance/calibrate'), undefined, bob);
    const calibrated = async (who: Shown): Promise<unknown> =>
      (await call('GET', at('/relevance'), undefined, who)).body['calibrated'];
    const passages = [await calibrated(bob), await calibrated(viewer)].map((one) => 'passages' in (one as object));
    expect(passages).toEqual([true, false]);
    for (const document of ['one', 'two']) await set(document, null);
    expect(await infoOf(viewer)).toMatchObject({ documents: 3, passages: 3 });
  });

  it("applies to a person's searches, lists, texts and passages, also for editors", async () => {
    await set('one', [`user:${ada.id}`]);
    await set('two', []);
    expect(await searched(ada)).toEqual(['one', 'open']);
    expect(await searched(bob)).toEqual(['open']);
    expect(await searched(owner)).toEqual(['open']);
    const listed = async (who: Shown) =>
      ((await call('GET', at('/documents'), undefined, who)).body['documents'] as Listed[]).map(({ id, readers }) => [
        id,
        readers,
      ]);
    expect(await listed(ada)).toEqual([
      ['one', undefined],
      ['open', undefined],
    ]);
    expect(await listed(bob)).toEqual([
      ['one', [`user:${ada.id}`]],
      ['open', undefined],
      ['two', []],
    ]);
    for (const [who, status] of [
      [ada, 200],
      [bob, 404],
      [owner, 404],
    ] as const) {
      expect((await call('GET', at('/documents/one'), undefined, who)).status).toBe(status);
      expect((await call('GET', at('/passages?document=one'), undefined, who)).status).toBe(status);
    }
    const filter = {
      op: 'or',
      filters: [
        { op: 'eq', field: 'document', value: 'one' },
        { op: 'exists', field: 'readers' },
      ],
    };
    const { body } = await call('POST', at('/search'), { query: 'robin', mode: 'lexical', filter }, bob);
    expect(body['results']).toEqual([]);
    const widened = { query: 'robin', mode: 'lexical', readers: [`user:${ada.id}`], names: ['local'] };
    expect(sorted((await call('POST', at('/search'), widened, bob)).body['results'] ?? [])).not.toContain('one');
  });

  it('is decided by the subject of a run, whatever its input says; schedules and anonymous users read open documents', async () => {
    await set('one', [`user:${ada.id}`]);
    await set('two', ['end-user:ann', 'end-user-group:sales', `user:${owner.id}`]);
    const key = house.key(house.alpha);
    const speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    expect(await run(ada)).toEqual(['one', 'open']);
    expect(await run(bob)).toEqual(['open']);
    // The key of the owner serves others, so it does not read as the owner.
    expect(await run(key)).toEqual(['open']);
    expect(await run(speaks)).toEqual(['open']);
    expect(await run(speaking('ann', speaks))).toEqual(['open', 'two']);
    expect(await run(speaking('Ann', speaks))).toEqual(['open']);
    expect(await run(speaking('eve', speaks, 'emea, sales'))).toEqual(['open', 'two']);
    expect(await run(speaking('eve', speaks, 'Sales'))).toEqual(['open']);
    const { readerNames } = house.server.heddle;
    for (const subject of [
      'schedule:s',
      'webhook:w',
      'batch:b',
      'visitor:v',
      'heddle',
      'group:g',
      'oidc-group:x',
      'nobody',
    ])
      expect(await readerNames.ofRun({ principal: `user:${ada.id}`, subject }, { isOwn: true })).toEqual([]);
  });

  it('uses no groups from a key that may not speak for users, and no group of this installation from any key', async () => {
    const id = await group('Stated');
    await set('one', [`group:${id}`, 'oidc-group:stated']);
    const speaks = house.key(house.alpha, { permissions: ['run:published', 'speak-for-users'] });
    expect(await run(speaking('eve', speaks, `stated, Stated, group:${id}, ${id}`))).toEqual(['open', 'two']);
    const silent = house.key(house.alpha);
    const refused = await house.call(speaking('ann', silent, 'sales'), 'POST', `/v1/workflows/${slug}`, {
      question: 'x',
    });
    expect(refused.status).toBe(403);
    const alone = { ...speaks, 'heddle-end-user-groups': 'sales' };
    expect((await house.call(alone, 'POST', `/v1/workflows/${slug}`, { question: 'x' })).status).toBe(400);
    for (const groups of ['', ',', 'a,,b', 'x'.repeat(201), Array.from({ length: 201 }, (_, n) => `g${n}`).join()])
      expect(
        (await house.call(speaking('a', speaks, groups), 'POST', `/v1/workflows/${slug}`, { question: 'x' })).status,
      ).toBe(400);
  });

  it('follows changes of groups at once; a new group of the same name gives no access', async () => {
    const id = await group('Legal');
    await set('one', [`group:${id}`]);
    expect(await searched(ada)).toEqual(['open', 'two']);
    await call('PUT', `/api/groups/${id}/members/user:${ada.id}`);
    expect(await searched(ada)).toEqual(['one', 'open', 'two']);
    await call('PATCH', `/api/groups/${id}`, { name: 'Law' });
    expect(await searched(ada)).toEqual(['one', 'open', 'two']);
    await call('DELETE', `/api/groups/${id}/members/user:${ada.id}`);
    expect(await searched(ada)).toEqual(['open', 'two']);
    await call('PUT', `/api/groups/${id}/members/${encodeURIComponent('oidc-group:Law & order')}`);
    const { identity, tables } = house.server.heddle.parts;
    await tables.commit(identity.groups.write.setClaimed(ada.id, 'https://other.example', ['Law & order']));
    expect(await searched(ada)).toEqual(['open', 'two']);
    await call('PUT', `/api/groups/${id}/members/user:${ada.id}`);
    expect((await call('DELETE', `/api/groups/${id}`)).status).toBe(204);
    const again = await group('Law');
    await call('PUT', `/api/groups/${again}/members/user:${ada.id}`);
    expect(again).not.toBe(id);
    expect(await searched(ada)).toEqual(['open', 'two']);
    expect((await call('POST', '/api/groups', { name: ' law ' })).status).toBe(409);
    expect((await call('POST', '/api/groups', { name: 'x' }, bob)).status).toBe(403);
    expect((await call('PUT', `/api/groups/${again}/members/user:none`)).status).toBe(400);
    expect((await call('DELETE', `/api/groups/${again}/members/user:none`)).status).toBe(404);
  });

  it('ends with an account, and with a key', async () => {
    const cyd = house.person({ [house.alpha]: ['runner'] });
    const { readerNames, parts } = house.server.heddle;
    const { email } = await parts.identity.users.get(cyd.id);
    expect(await readerNames.ofPrincipal({ id: `user:${cyd.id}` })).toEqual([`user:${cyd.id}`, `user:${email}`]);
    await parts.identity.users.setDisabled(cyd.id, true);
    expect(await readerNames.ofPrincipal({ id: `user:${cyd.id}` })).toEqual([]);
    const service = 'service:none';
    expect(await readerNames.ofPrincipal({ id: service })).toEqual([]);
    const { key } = await parts.identity.keys.create({
      name: 'k',
      owner: `user:${owner.id}`,
      project: house.alpha,
      scopes: { permissions: ['run:published', 'speak-for-users'] },
    });
    const ann = { principal: `key:${key.id}`, subject: 'end-user:ann', endUserGroups: ['x'] };
    expect(await readerNames.ofRun(ann, { isOwn: true })).toEqual(['end-user:ann', 'end-user-group:x']);
    // In another project, the same name is another person.
    expect(await readerNames.ofRun(ann, { isOwn: false })).toEqual([]);
    await parts.identity.keys.revoke(key.id);
    expect(await readerNames.ofRun(ann, { isOwn: true })).toEqual([]);
    expect(await readerNames.ofPrincipal({ id: `key:${key.id}` })).toEqual([]);
  });

  it('shares cached results only among those who may read the same documents', async () => {
    await set('one', [`user:${ada.id}`]);
    expect(await run(ada, 'robin of one')).toEqual(['one', 'open', 'two']);
    expect(await run(bob, 'robin of one')).toEqual(['open', 'two']);
    expect(await run(ada, 'robin of one')).toEqual(['one', 'open', 'two']);
    await set('one', []);
    expect(await run(ada, 'robin of one')).toEqual(['open', 'two']);
    await set('one', null);
    expect(await run(bob, 'robin of all')).toEqual(['one', 'open', 'two']);
    // The result that was cached while everyone could read it is gone too.
    await set('one', [`user:${ada.id}`]);
    expect(await run(bob, 'robin of all')).toEqual(['open', 'two']);
  });

  it('has one winner of two changes on the same base at once, and takes a change on the reply of the one before', async () => {
    const write = (path: string, body: object) => call('PUT', at(path), body);
    const rule = (prefix: string) => ({ rules: [{ prefix, readers: [] }] });
    const rules = (await call('GET', at('/reader-rules'))).body;
    const both = await Promise.all(
      ['x/', 'y/'].map((prefix) => write('/reader-rules', { ...rule(prefix), base: { rules: rules['rules'] } })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const settings = async () => (await call('GET', at('/search-settings'))).body['settings'] as object;
    const base = await settings();
    const settled = await Promise.all(
      [3, 4].map((neighbours) => write('/search-settings', { settings: { mode: 'lexical', neighbours }, base })),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual([200, 409]);
    // A quick second change on what the first one replied is no conflict, however the settings are written.
    let last = await settings();
    for (const next of [{ neighbours: 1 }, { mode: 'dense', returns: 'window', neighbours: 2 }, {}]) {
      const { status, body } = await write('/search-settings', { settings: next, base: last });
      expect([next, status]).toEqual([next, 200]);
      last = body['settings'] as object;
      expect(last).toEqual(await settings());
    }
    await write('/reader-rules', { rules: [] });
  });

  it('is set by an import and by rules, and stays when the document is imported again', async () => {
    const ended = async (reply: { readonly body: AnyJson }): Promise<void> => {
      for (;;) {
        const { body } = await call('GET', `/api/jobs/${String(reply.body['jobId'])}`);
        if (body['endedAt'] !== undefined) {
          expect(body['status']).toBe('done');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const put = (documents: readonly object[], who: Shown = owner) =>
      call('POST', at('/documents'), { documents }, who);
    const listOf = async (id: string): Promise<unknown> =>
      ((await call('GET', at('/documents'))).body['documents'] as AnyJson[]).find((one) => one.id === id)?.readers;
    await ended(await put([{ id: 'given', text: 'The robin of given.', readers: [`user:${ada.id}`] }], bob));
    expect(await listOf('given')).toEqual([`user:${ada.id}`]);
    await ended(await put([{ id: 'given', text: 'The robin of given again.' }], bob));
    expect(await listOf('given')).toEqual([`user:${ada.id}`]);
    await ended(await call('POST', at('/reingest'), { documents: ['given'] }, bob));
    expect(await listOf('given')).toEqual([`user:${ada.id}`]);
    expect((await put([{ id: 'x', text: 'x', readers: ['user:none'] }])).status).toBe(400);
    const id = await group('People');
    const rules = {
      rules: [
        { prefix: 'hr/', readers: ['group:People'] },
        { field: 'team', kind: 'oidc-group' },
      ],
    };
    expect((await call('PUT', at('/reader-rules'), rules)).status).toBe(200);
    await ended(
      await put(
        [
          { id: 'hr/pay', text: 'The robin pays.' },
          { id: 'b', text: 'robin', metadata: { team: 'red' } },
        ],
        bob,
      ),
    );
    expect([await listOf('hr/pay'), await listOf('b')]).toEqual([[`group:${id}`], ['oidc-group:red']]);
    expect((await call('GET', at('/reader-rules'))).body).toEqual({
      rules: [
        { prefix: 'hr/', readers: [`group:${id}`] },
        { field: 'team', kind: 'oidc-group' },
      ],
    });
    // An update based on the old rules would undo this change.
    const late = await call('PUT', at('/reader-rules'), { rules: [], base: { rules: [] } });
    expect([late.status, late.body['error']]).toMatchObject([409, { code: 'conflict' }]);
    expect(await listOf('hr/pay')).toEqual([`group:${id}`]);
    const { body: base } = await call('GET', at('/reader-rules'));
    const others = await Promise.all(
      [{ rules: [] }, rules].map((changed) => call('PUT', at('/reader-rules'), { ...changed, base })),
    );
    expect(others.map(({ status }) => status)).toEqual([200, 409]);
    await call('PUT', at('/reader-rules'), rules);
    expect((await call('PUT', at('/reader-rules'), { rules: [] })).body).toEqual({ documents: 2 });
    for (const document of ['given', 'hr/pay', 'b'])
      await call('DELETE', at(`/documents?document=${encodeURIComponent(document)}`));
  });

  it('is shown in the data map of a workflow', async () => {
    await set('one', [`user:${ada.id}`]);
    const { body } = await call('POST', '/api/compile', { document: asking });
    const edge = (body['edgeLabels'] as Record<string, { readonly marks: readonly string[] }> | undefined) ?? {};
    expect(JSON.stringify(edge)).toContain('readers');
  });
});

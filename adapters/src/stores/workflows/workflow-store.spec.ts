import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type WorkflowDocument, type WorkflowStore } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { createWorkflowStore } from './workflow-store.js';

const named = (name: string): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: { question: { type: 'input', version: 1, config: {} }, reply: { type: 'output', version: 1, config: {} } },
  edges: [{ from: 'question.text', to: 'reply.text' }],
});

/** A process with cached workflows checks once per tick whether another process wrote. */
const nextTick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe.each(bothDatabases)('workflows in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: WorkflowStore;
  let theirs: WorkflowStore;
  let now = 1_000;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    store = createWorkflowStore(tables.one, { now: () => (now += 1) });
    theirs = createWorkflowStore(tables.other, { now: () => (now += 1) });
  });

  it('returns a workflow by id and by slug, also in another process', async () => {
    const created = await store.create(named('Ask the handbook'));
    expect(created).toMatchObject({ slug: 'ask-the-handbook', revision: 1 });
    expect(await theirs.get(created.id)).toEqual(created);
    expect(JSON.parse(JSON.stringify((await theirs.get('ask-the-handbook')).document))).toEqual(
      named('Ask the handbook'),
    );
    // Each revision is parsed once.
    expect(await theirs.get(created.id)).toBe(await theirs.get('ask-the-handbook'));
  });

  it('finds a workflow by its id before another one with that slug', async () => {
    const one = await store.create(named('A'), { slug: 'a' });
    const sql = 'UPDATE workflows SET slug = @id WHERE id = @other';
    const { id: other } = await store.create(named('B'));
    await tables.one.commit([{ sql, values: { id: one.id, other } }]);
    expect((await store.get(one.id)).document.name).toBe('A');
  });

  it.each([
    ['Crème brûlée & Co.', 'creme-brulee-co'],
    ['2 steps', 'workflow-2-steps'],
    ['日本語', 'workflow'],
    ['long '.repeat(30), 'long-long-long-long-long-long-long-long-long-long-long-long-long'],
  ])('makes a slug of %p', async (name, slug) => {
    expect((await store.create(named(name))).slug).toBe(slug);
  });

  it('makes slugs unique within their length', async () => {
    const slugs = [];
    for (let count = 0; count < 3; count += 1)
      slugs.push((await store.create(named('Same'))).slug, (await store.create(named('x'.repeat(80)))).slug);
    expect(slugs).toEqual(['same', 'x'.repeat(64), 'same-2', `${'x'.repeat(62)}-2`, 'same-3', `${'x'.repeat(62)}-3`]);
  });

  it('accepts a given slug, and refuses one that exists or is not allowed', async () => {
    expect((await store.create(named('A'), { slug: 'mine' })).slug).toBe('mine');
    await expect(store.create(named('B'), { slug: 'mine' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.create(named('B'), { slug: 'Not Allowed' })).rejects.toMatchObject({ code: 'bad_request' });
    expect(await store.list()).toHaveLength(1);
  });

  it('saves when the expected revision is current, and refuses otherwise', async () => {
    const { id } = await store.create(named('A'));
    expect((await store.save(id, named('B'), { expected: 1 })).revision).toBe(2);
    await expect(store.save(id, named('C'), { expected: 1 })).rejects.toMatchObject({
      code: 'conflict',
      details: { revision: 2, expected: 1 },
    });
    expect((await store.get(id)).document.name).toBe('B');
    expect((await store.save(id, named('D'), {})).revision).toBe(3);
  });

  it('lets one of two concurrent saves win, and shows it to the other process', async () => {
    const { id } = await store.create(named('A'));
    const saved = await Promise.allSettled([
      store.save(id, named('Mine'), { expected: 1 }),
      theirs.save(id, named('Theirs'), { expected: 1 }),
    ]);
    expect(saved.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = saved[0].status === 'fulfilled' ? 'Mine' : 'Theirs';
    await nextTick();
    for (const either of [store, theirs]) expect((await either.get(id)).document.name).toBe(winner);
    await expect(store.save(id, named('Late'), { expected: 1 })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('gives each of several concurrent changes a slug and a revision of its own', async () => {
    const made = await Promise.all([store, theirs, store, theirs].map((either) => either.create(named('Same'))));
    expect(made.map(({ slug }) => slug).sort()).toEqual(['same', 'same-2', 'same-3', 'same-4']);
    const id = made[0]?.id ?? '';
    await nextTick();
    const saved = await Promise.all([store.save(id, named('B'), {}), theirs.save(id, named('C'), {})]);
    expect(saved.map(({ revision }) => revision).sort()).toEqual([2, 3]);
    const chosen = await Promise.allSettled([
      store.create(named('A'), { slug: 'mine' }),
      theirs.create(named('B'), { slug: 'mine' }),
    ]);
    expect(chosen.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await nextTick();
    const removed = await Promise.allSettled([store.delete(id), theirs.delete(id)]);
    expect(removed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(removed.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'workflow_not_found' },
    });
  });

  it('commits together with other writes, or not at all', async () => {
    const grant = (id: string) => ({
      sql: "INSERT INTO owned (kind, id, project) VALUES ('workflow', @id, 'default') ON CONFLICT DO NOTHING",
      values: { id },
      rows: 1,
      otherwise: () => new HeddleError('user_exists', 'It is there.'),
    });
    const made = await store.create(named('A'), {
      commit: (writes, { id, slug }) => tables.one.commit([...writes, grant(id), grant(slug)]),
    });
    expect(await tables.other.all('SELECT id FROM owned ORDER BY id')).toHaveLength(2);
    const refused = store.create(named('B'), { commit: (writes) => tables.one.commit([...writes, grant(made.id)]) });
    await expect(refused).rejects.toMatchObject({ code: 'user_exists' });
    const kept = store.save(made.id, named('C'), {
      commit: (writes) => tables.one.commit([...writes, grant(made.id)]),
    });
    await expect(kept).rejects.toMatchObject({ code: 'user_exists' });
    await expect(
      store.delete(made.id, { commit: (writes) => tables.one.commit([...writes, grant(made.id)]) }),
    ).rejects.toMatchObject({ code: 'user_exists' });
    expect((await store.list()).map(({ document, revision }) => [document.name, revision])).toEqual([['A', 1]]);
  });

  it('deletes by the expected revision, and reports a missing workflow', async () => {
    const { id, slug } = await store.create(named('A'));
    await expect(store.delete(id, { expected: 7 })).rejects.toMatchObject({ code: 'conflict' });
    await store.delete(slug, { expected: 1 });
    await expect(store.get(id)).rejects.toMatchObject({ code: 'workflow_not_found' });
    await expect(store.save(id, named('B'), {})).rejects.toMatchObject({ code: 'workflow_not_found' });
    await expect(store.delete(id)).rejects.toMatchObject({ code: 'workflow_not_found' });
  });

  it('lists the last changed workflow first', async () => {
    const first = await store.create(named('A'));
    await store.create(named('B'));
    await store.save(first.id, named('A again'), {});
    expect((await store.list()).map((workflow) => workflow.document.name)).toEqual(['A again', 'B']);
  });
});

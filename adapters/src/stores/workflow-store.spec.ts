import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument, WorkflowStore } from '@heddle/core';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createWorkflowStore } from './workflow-store.js';

const named = (name: string): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: { question: { type: 'input', version: 1, config: {} }, reply: { type: 'output', version: 1, config: {} } },
  edges: [{ from: 'question.text', to: 'reply.text' }],
});

describe('createWorkflowStore', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let store: WorkflowStore;
  let now = 1_000;
  beforeEach(() => {
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    store = createWorkflowStore(database, { now: () => (now += 1) });
  });
  afterEach(() => {
    database.close();
    temporary.remove();
  });

  it('gives a workflow back by id and by slug, also after a restart', async () => {
    const created = await store.create(named('Ask the handbook'));
    expect(created).toMatchObject({ slug: 'ask-the-handbook', revision: 1 });
    database.close();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    const again = createWorkflowStore(database, { now: () => 1 });
    expect(await again.get(created.id)).toEqual(created);
    expect(JSON.parse(JSON.stringify((await again.get('ask-the-handbook')).document))).toEqual(
      named('Ask the handbook'),
    );
  });

  it.each([
    ['Crème brûlée & Co.', 'creme-brulee-co'],
    ['2 steps', 'workflow-2-steps'],
    ['日本語', 'workflow'],
    ['long '.repeat(30), 'long-long-long-long-long-long-long-long-long-long-long-long-long'],
  ])('makes the slug of %p', async (name, slug) => {
    expect((await store.create(named(name))).slug).toBe(slug);
  });

  it('makes slugs unique, and within their length', async () => {
    const slugs = [];
    for (let count = 0; count < 3; count += 1)
      slugs.push((await store.create(named('Same'))).slug, (await store.create(named('x'.repeat(80)))).slug);
    expect(slugs).toEqual(['same', 'x'.repeat(64), 'same-2', `${'x'.repeat(62)}-2`, 'same-3', `${'x'.repeat(62)}-3`]);
  });

  it('takes a given slug, and refuses one that is taken or not allowed', async () => {
    expect((await store.create(named('A'), { slug: 'mine' })).slug).toBe('mine');
    await expect(store.create(named('B'), { slug: 'mine' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.create(named('B'), { slug: 'Not Allowed' })).rejects.toMatchObject({ code: 'bad_request' });
    expect(await store.list()).toHaveLength(1);
  });

  it('saves when the expected revision is current, and refuses it otherwise', async () => {
    const { id } = await store.create(named('A'));
    expect((await store.save(id, named('B'), { expected: 1 })).revision).toBe(2);
    await expect(store.save(id, named('C'), { expected: 1 })).rejects.toMatchObject({
      code: 'conflict',
      details: { revision: 2, expected: 1 },
    });
    expect((await store.get(id)).document.name).toBe('B');
    expect((await store.save(id, named('D'), {})).revision).toBe(3);
  });

  it('lets one of two connections win, and the other see it', async () => {
    const { id } = await store.create(named('A'));
    const other = openDatabase(join(temporary.folder, 'heddle.db'));
    const theirs = createWorkflowStore(other, { now: () => 5 });
    await theirs.save(id, named('Theirs'), { expected: 1 });
    await expect(store.save(id, named('Mine'), { expected: 1 })).rejects.toMatchObject({ code: 'conflict' });
    expect((await store.get(id)).document.name).toBe('Theirs');
    other.close();
  });

  it('deletes, by the expected revision, and says when there is nothing', async () => {
    const { id, slug } = await store.create(named('A'));
    await expect(store.delete(id, { expected: 7 })).rejects.toMatchObject({ code: 'conflict' });
    await store.delete(slug, { expected: 1 });
    await expect(store.get(id)).rejects.toMatchObject({ code: 'workflow_not_found' });
    await expect(store.save(id, named('B'), {})).rejects.toMatchObject({ code: 'workflow_not_found' });
    await expect(store.delete(id)).rejects.toMatchObject({ code: 'workflow_not_found' });
  });

  it('lists what was changed last first', async () => {
    const first = await store.create(named('A'));
    await store.create(named('B'));
    await store.save(first.id, named('A again'), {});
    expect((await store.list()).map((workflow) => workflow.document.name)).toEqual(['A again', 'B']);
  });
});

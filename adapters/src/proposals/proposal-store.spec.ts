import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProposalBody, ProposalStore } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { createWorkflowStore } from '../stores/workflows/workflow-store.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createProposalStore } from './proposal-store.js';

const body: ProposalBody = {
  title: 'A greeting',
  note: '',
  baseHash: 'sha256:a',
  document: { heddle: 2, name: 'Greeting', nodes: {}, edges: [] },
  hash: 'sha256:b',
  dataMap: [],
  dataMapHash: 'sha256:c',
  tests: undefined,
};
const made = { kind: 'publish', author: 'key:k', authorName: 'Coder', run: undefined, madeAt: 5, body } as const;

describe.each(bothDatabases)('proposals in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: ProposalStore;
  let theirs: ProposalStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    store = createProposalStore(tables.one);
    theirs = createProposalStore(tables.other);
  });
  const add = async (proposal: Parameters<ProposalStore['add']>[0]): Promise<void> =>
    tables.one.commit(store.add(proposal).writes);

  it('are listed by project, workflow and state, newest first', async () => {
    await add({ ...made, id: 'p_1', project: 'a', workflow: 'w' });
    await add({ ...made, id: 'p_2', project: 'a', workflow: 'v' });
    await add({ ...made, id: 'p_3', project: 'b', workflow: 'w' });
    const ids = async (query: Parameters<typeof store.list>[0]) => (await theirs.list(query)).map(({ id }) => id);
    expect(await ids({ project: 'a', limit: 10 })).toEqual(['p_2', 'p_1']);
    expect(await ids({ project: 'a', workflow: 'w', limit: 10 })).toEqual(['p_1']);
    expect(await ids({ project: 'a', state: 'accepted', limit: 10 })).toEqual([]);
    expect(await ids({ project: 'a', state: 'open', limit: 1 })).toEqual(['p_2']);
    const { proposal } = store.add({ ...made, id: 'p_1', project: 'a', workflow: 'w' });
    expect(await theirs.get('p_1')).toEqual({ ...proposal, body: JSON.parse(JSON.stringify(body)) });
    await expect(add({ ...made, id: 'p_1', project: 'a', workflow: 'w' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are deleted with their workflow', async () => {
    const workflows = createWorkflowStore(tables.other, { now: () => 1 });
    const { id } = await workflows.create(body.document);
    await add({ ...made, id: 'p_1', project: 'a', workflow: id });
    await add({ ...made, id: 'p_2', project: 'a', workflow: undefined });
    await workflows.delete(id);
    expect([await store.get('p_1'), (await store.get('p_2'))?.id]).toEqual([undefined, 'p_2']);
  });

  it('are decided once, and keep that decision', async () => {
    await add({ ...made, id: 'p_1', project: 'a', workflow: undefined, run: 'r' });
    await theirs.update('p_1', { body: { ...body, note: 'more' }, run: 'r2' });
    expect(await store.get('p_1')).toMatchObject({ run: 'r2', body: { note: 'more' } });
    const accepted = { state: 'accepted', by: 'local', at: 9, workflow: 'w', version: 2 } as const;
    await tables.one.commit(store.decide('p_1', accepted));
    const late = tables.other.commit(theirs.decide('p_1', { state: 'rejected', by: 'local', at: 10 }));
    await expect(late).rejects.toMatchObject({ code: 'proposal_decided' });
    await expect(theirs.update('p_1', { body, run: undefined })).rejects.toMatchObject({ code: 'proposal_decided' });
    expect(await theirs.get('p_1')).toMatchObject({
      state: 'accepted',
      decidedBy: 'local',
      decidedAt: 9,
      workflow: 'w',
      version: 2,
      body: { note: 'more' },
    });
  });

  it('accept one of two concurrent decisions', async () => {
    await add({ ...made, id: 'p_1', project: 'a', workflow: 'w' });
    const ends = await Promise.allSettled([
      tables.one.commit(store.decide('p_1', { state: 'accepted', by: 'user:a', at: 9, version: 2 })),
      tables.other.commit(theirs.decide('p_1', { state: 'rejected', by: 'user:b', at: 9 })),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = ends[0].status === 'fulfilled' ? 'user:a' : 'user:b';
    expect(await store.get('p_1')).toMatchObject({ decidedBy: winner, workflow: 'w' });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProposalBody } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createWorkflowStore } from '../stores/workflow-store.js';
import { createProposalStore } from './proposal-store.js';

const body: ProposalBody = {
  ...{ title: 'A greeting', note: '', baseHash: 'sha256:a', baseRevision: 3 },
  document: { heddle: 2, name: 'Greeting', nodes: {}, edges: [] },
  ...{ hash: 'sha256:b', dataMap: [], dataMapHash: 'sha256:c', tests: undefined },
};
const made = { kind: 'publish', author: 'key:k', authorName: 'Coder', run: undefined, madeAt: 5, body } as const;

describe('proposals in the database', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-proposals-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are listed by project, workflow and state, newest first', () => {
    const store = createProposalStore(database);
    store.add({ ...made, id: 'p_1', project: 'a', workflow: 'w' });
    store.add({ ...made, id: 'p_2', project: 'a', workflow: 'v' });
    store.add({ ...made, id: 'p_3', project: 'b', workflow: 'w' });
    const ids = (query: Parameters<typeof store.list>[0]) => store.list(query).map(({ id }) => id);
    expect(ids({ project: 'a', limit: 10 })).toEqual(['p_2', 'p_1']);
    expect(ids({ project: 'a', workflow: 'w', limit: 10 })).toEqual(['p_1']);
    expect(ids({ project: 'a', state: 'accepted', limit: 10 })).toEqual([]);
    expect(ids({ project: 'a', limit: 1 })).toEqual(['p_2']);
    expect(createProposalStore(database).get('p_1')?.body).toEqual(JSON.parse(JSON.stringify(body)));
  });

  it('go with their workflow', async () => {
    const store = createProposalStore(database);
    const workflows = createWorkflowStore(sqliteTables(database), { now: () => 1 });
    const { id } = await workflows.create(body.document);
    store.add({ ...made, id: 'p_1', project: 'a', workflow: id });
    store.add({ ...made, id: 'p_2', project: 'a', workflow: undefined });
    await workflows.delete(id);
    expect([store.get('p_1'), store.get('p_2')?.id]).toEqual([undefined, 'p_2']);
  });

  it('are decided once, and stay as they were decided', () => {
    const store = createProposalStore(database);
    store.add({ ...made, id: 'p_1', project: 'a', workflow: undefined, run: 'r' });
    expect(store.update('p_1', { body: { ...body, note: 'more' }, run: 'r2' })).toBe(true);
    expect(store.get('p_1')).toMatchObject({ run: 'r2', body: { note: 'more' } });
    expect(store.decide('p_1', { state: 'accepted', by: 'local', at: 9, workflow: 'w', version: 2 })).toBe(true);
    expect(store.decide('p_1', { state: 'rejected', by: 'local', at: 10 })).toBe(false);
    expect(store.update('p_1', { body, run: undefined })).toBe(false);
    expect(store.get('p_1')).toMatchObject({ state: 'accepted', decidedBy: 'local', workflow: 'w', version: 2 });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type WorkflowDocument } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteTables } from '../database/sqlite-tables.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createFirstVersions } from './first-versions.js';
import { createVersionStore } from './version-store.js';
import { createWorkflowStore } from './workflow-store.js';

const clock = { now: () => 1_000 };
const document = (name: string, workflow?: string): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: workflow === undefined ? {} : { step: { type: 'workflow', version: 1, config: { workflow } } },
  edges: [],
});

describe('first versions in heddle.db', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-first-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const given = (workflowId: string) => ({
    ...{ workflowId, hash: 'sha256:x', author: 'local', note: '', publishedAt: 1 },
    ...{ references: [], dataMap: [], replyClearance: 'internal' as const },
  });

  it('move the workflow and the drafts that follow, and are known under both slugs', async () => {
    const workflows = createWorkflowStore(database, clock);
    const first = createFirstVersions(database, clock);
    const { id } = await workflows.create(document('Untitled'));
    const parent = await workflows.create(document('Parent', 'untitled'));
    const seen: string[] = [];
    const version = await first.add({
      slug: 'greet',
      version: given(id),
      bundle: { document: document('Untitled'), workflows: {} },
      moveKillSwitches: (former) => [former],
      follow: (_draft, draftId, former) => {
        seen.push(`${draftId} ${former}`);
        return document('Parent', 'greet');
      },
    });
    expect(version).toMatchObject({ version: 1, slug: 'greet', formerSlug: 'untitled', followed: [parent.id] });
    expect(version.killSwitches).toEqual(['untitled']);
    expect(seen).toEqual([`${parent.id} untitled`]);
    expect(await workflows.get('greet')).toMatchObject({ id, slug: 'greet', revision: 1 });
    expect(await workflows.get(id)).toMatchObject({ slug: 'greet' });
    expect(await workflows.get(parent.id)).toMatchObject({ revision: 2, document: document('Parent', 'greet') });
    expect([await first.formerly('untitled'), await first.formerly('greet')]).toEqual([[id], []]);
    expect(await createVersionStore(sqliteTables(database)).list(id)).toMatchObject([
      { version: 1, formerSlug: 'untitled' },
    ]);
  });

  it('keep nothing where one part fails', async () => {
    const workflows = createWorkflowStore(database, clock);
    const first = createFirstVersions(database, clock);
    const { id } = await workflows.create(document('Untitled'));
    await workflows.create(document('Parent', 'untitled'));
    const bundle = { document: document('Untitled'), workflows: {} };
    const add = (slug: string, workflowId = id) =>
      first.add({
        ...{ slug, version: given(workflowId), bundle },
        follow: () => undefined,
        moveKillSwitches: () => {
          throw new HeddleError('internal', 'It broke.');
        },
      });
    await expect(add('greet')).rejects.toMatchObject({ code: 'internal' });
    await expect(add('parent')).rejects.toMatchObject({ code: 'conflict' });
    await expect(add('Greet!')).rejects.toMatchObject({ code: 'bad_request' });
    await expect(add('greet', 'gone')).rejects.toMatchObject({ code: 'workflow_not_found' });
    expect(await createVersionStore(sqliteTables(database)).list(id)).toEqual([]);
    expect(await workflows.get(id)).toMatchObject({ slug: 'untitled', revision: 1 });
    await createVersionStore(sqliteTables(database)).add(given(id), bundle);
    await expect(add('greet')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('versions'),
    });
  });
});

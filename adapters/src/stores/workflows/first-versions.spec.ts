import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type Tables, type WorkflowDocument } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
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

describe.each(bothDatabases)('first versions in %s', (_name, open) => {
  let opened: TestedDatabase;
  let tables: TablesSubject;
  let database: Tables;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    tables = await opened.reset();
    database = tables.one;
  });
  const given = (workflowId: string) => ({
    workflowId,
    hash: 'sha256:x',
    author: 'local',
    note: '',
    publishedAt: 1,
    references: [],
    dataMap: [],
    replyClearance: 'internal' as const,
  });

  it('change the workflow and the drafts that follow it, and are known under both slugs', async () => {
    const workflows = createWorkflowStore(database, clock);
    const first = createFirstVersions(database, clock);
    const { id } = await workflows.create(document('Untitled'));
    const parent = await workflows.create(document('Parent', 'untitled'));
    const seen: string[] = [];
    const version = await first.add({
      slug: 'greet',
      version: given(id),
      bundle: { document: document('Untitled'), workflows: {} },
      moveKillSwitches: (former) => ({ targets: [former], writes: [] }),
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
    expect(await createVersionStore(database).list(id)).toMatchObject([{ version: 1, formerSlug: 'untitled' }]);
  });

  it('keep nothing when one part fails', async () => {
    const workflows = createWorkflowStore(database, clock);
    const first = createFirstVersions(database, clock);
    const { id } = await workflows.create(document('Untitled'));
    await workflows.create(document('Parent', 'untitled'));
    const bundle = { document: document('Untitled'), workflows: {} };
    const add = (slug: string, workflowId = id) =>
      first.add({
        slug,
        version: given(workflowId),
        bundle,
        follow: () => undefined,
        moveKillSwitches: () => {
          throw new HeddleError('internal', 'It broke.');
        },
      });
    await expect(add('greet')).rejects.toMatchObject({ code: 'internal' });
    await expect(add('parent')).rejects.toMatchObject({ code: 'conflict' });
    await expect(add('Greet!')).rejects.toMatchObject({ code: 'bad_request' });
    await expect(add('greet', 'gone')).rejects.toMatchObject({ code: 'workflow_not_found' });
    expect(await createVersionStore(database).list(id)).toEqual([]);
    expect(await workflows.get(id)).toMatchObject({ slug: 'untitled', revision: 1 });
    await createVersionStore(database).add(given(id), bundle);
    await expect(add('greet')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('versions'),
    });
  });

  it('are accepted once for one workflow or one slug when two are made at once', async () => {
    const workflows = createWorkflowStore(database, clock);
    const one = createFirstVersions(tables.one, clock);
    const other = createFirstVersions(tables.other, clock);
    const a = await workflows.create(document('A'));
    const b = await workflows.create(document('B'));
    const drafts = await Promise.all([0, 1, 2].map((number) => workflows.create(document(`Parent ${number}`, 'a'))));
    const first = (workflowId: string, slug: string) => ({
      slug,
      version: given(workflowId),
      bundle: { document: document('A'), workflows: {} },
      follow: (_draft: WorkflowDocument, id: string, former: string) =>
        former === 'a' && id !== workflowId ? document('Parent', slug) : undefined,
      moveKillSwitches: () => ({ targets: [], writes: [] }),
    });
    const codes = async (operations: readonly Promise<unknown>[]): Promise<readonly string[]> =>
      (await Promise.allSettled(operations))
        .map((made) => (made.status === 'fulfilled' ? 'done' : (made.reason as HeddleError).code))
        .sort();
    expect(await codes([one.add(first(a.id, 'same')), other.add(first(b.id, 'same'))])).toEqual(['conflict', 'done']);
    const all = await Promise.all([a.id, b.id].map(async (id) => createVersionStore(database).list(id)));
    const [winner, loser] = all[0]?.length === 1 ? [a.id, b.id] : [b.id, a.id];
    expect(all.flat()).toHaveLength(1);
    expect((await workflows.get('same')).id).toBe(winner);
    expect(await codes([one.add(first(loser, 'x')), other.add(first(loser, 'y'))])).toEqual(['conflict', 'done']);
    const slug = (await workflows.get(loser)).slug;
    expect(['x', 'y']).toContain(slug);
    const followed = winner === a.id ? 'same' : slug;
    for (const { id } of drafts) expect((await workflows.get(id)).document).toEqual(document('Parent', followed));
  });

  it('are part of the commit of the caller', async () => {
    const workflows = createWorkflowStore(database, clock);
    const { id } = await workflows.create(document('Untitled'));
    const add = (otherwise: number) =>
      createFirstVersions(database, clock).add({
        slug: 'greet',
        version: given(id),
        bundle: { document: document('Untitled'), workflows: {} },
        follow: () => undefined,
        moveKillSwitches: () => ({
          targets: ['tool:greet'],
          writes: [{ sql: "DELETE FROM kill_switches WHERE target = 'tool:untitled'", values: {} }],
        }),
        commit: (writes, { slug }) =>
          database.commit([
            ...writes,
            {
              sql: 'SELECT 1 FROM workflows WHERE slug = @slug',
              values: { slug },
              rows: otherwise,
              otherwise: () => new HeddleError('internal', 'It broke.'),
            },
          ]),
      });
    await expect(add(0)).rejects.toMatchObject({ code: 'internal' });
    expect(await workflows.get(id)).toMatchObject({ slug: 'untitled' });
    expect(await add(1)).toMatchObject({ slug: 'greet', killSwitches: ['tool:greet'] });
    expect((await workflows.get('greet')).id).toBe(id);
  });
});

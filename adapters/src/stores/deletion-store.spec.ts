import type { Tables } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { isDone } from '../sql/is-done.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createDeletionStore, type Deletion, type DeletionStore } from './deletion-store.js';

const run: Deletion = { kind: 'run', within: '', id: 'r', who: 'local', project: 'default', time: 5 };
const documentOf = (within: string, id: string, time: number): Deletion => ({
  kind: 'document',
  within,
  id,
  who: 'local',
  passages: 3,
  time,
});

describe.each(bothDatabases)('deletions in %s', (_name, open) => {
  let database: TestedDatabase;
  let one: Tables;
  let store: DeletionStore;
  let other: { readonly tables: Tables; readonly store: DeletionStore };
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    const fresh = await database.reset();
    one = fresh.one;
    store = createDeletionStore(one);
    other = { tables: fresh.other, store: createDeletionStore(fresh.other) };
    await Promise.all([one.refresh(), other.tables.refresh()]);
  });

  it('are known at once to the process that makes them, and to others at their next check', async () => {
    expect(store.list('run')).toEqual([]);
    await one.commit([store.write.set(run), store.write.set(documentOf('b', 'y', 2))]);
    await one.commit([store.write.set(documentOf('a', 'x', 1)), store.write.set(documentOf('a', 'x', 3))]);
    expect(store.list('run')).toEqual([{ ...run, slug: undefined, passages: undefined }]);
    expect(store.list('document').map(({ id, time }) => [id, time])).toEqual([
      ['y', 2],
      ['x', 3],
    ]);
    expect(store.list('document', 'a')).toMatchObject([{ id: 'x', passages: 3 }]);
    await other.tables.refresh();
    expect(other.store.list('document', 'b')).toMatchObject([{ id: 'y' }]);
    await other.tables.commit([other.store.write.remove(run)]);
    await one.refresh();
    expect(store.list('run')).toEqual([]);
  });

  it('are unknown when their commit is refused', async () => {
    const refused = one.commit([store.write.set(run), { ...store.write.begin(documentOf('a', 'none', 1)) }]);
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect(store.list('run')).toEqual([]);
  });

  it('are undone or carried out, but not both', async () => {
    for (let round = 0; round < 4; round += 1) {
      await one.commit([store.write.set(run)]);
      const [isRestored, isBegun] = await Promise.all([
        isDone(one.commit([store.write.restore(run)])),
        isDone(other.tables.note([other.store.write.begin(run)])),
      ]);
      expect([isRestored, isBegun].filter(Boolean)).toHaveLength(1);
      await one.refresh();
      expect(store.list('run')).toHaveLength(isBegun ? 1 : 0);
      expect(await isDone(one.commit([store.write.restore(run)]))).toBe(false);
      // A deletion that began and failed can be undone again.
      await other.tables.note([other.store.write.giveBack(run)]);
      expect(await isDone(one.commit([store.write.restore(run)]))).toBe(isBegun);
    }
  });

  it('are carried out by one of two processes', async () => {
    await one.commit([store.write.set(run)]);
    const both = [one.note([store.write.begin(run)]), other.tables.note([other.store.write.begin(run)])].map(isDone);
    expect((await Promise.all(both)).filter(Boolean)).toHaveLength(1);
  });
});

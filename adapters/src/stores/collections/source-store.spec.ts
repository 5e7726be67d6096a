import { StoredSource, type SourceStore, type Tables } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { createSourceStore } from './source-store.js';

const source = StoredSource.parse({
  id: 's',
  title: 'Files',
  collection: 'docs',
  kind: 'folder',
  config: { path: '/a' },
  project: 'default',
  createdBy: 'local',
  createdAt: 1,
  isPaused: false,
  isRemoving: false,
});
const name = { collection: 'docs', id: 's' };
const nothing = { stored: [], unchanged: [], removed: [], failed: [] };
const listing = (number: number, isListing = true) => ({ listing: number, isListing });

describe.each(bothDatabases)('sources in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: Tables;
  let store: SourceStore;
  /** The store of another process. */
  let other: SourceStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    const fresh = await database.reset();
    tables = fresh.one;
    [store, other] = [createSourceStore(fresh.one, { now: () => 7 }), createSourceStore(fresh.other, { now: () => 7 })];
    await tables.commit(store.write.insert(source));
  });

  it('are stored once, changed by one person at a time, and removed with the state of their documents', async () => {
    await expect(tables.commit(other.write.insert(source))).rejects.toMatchObject({ code: 'source_exists' });
    const [record] = await other.list('docs');
    expect(record).toMatchObject({ source, revision: 1, documents: 0, failures: 0 });
    expect(await store.list('none')).toEqual([]);
    const paused = { ...source, isPaused: true };
    const change = (revision: number) => tables.commit(store.write.replace(paused, { isAnew: false, revision }));
    await change(1);
    await expect(change(1)).rejects.toMatchObject({ code: 'conflict' });
    expect(await other.find(name)).toMatchObject({ revision: 2, source: { isPaused: true } });
    await store.stateOf(name).expect(['a']);
    await tables.commit(store.write.remove(name));
    expect([await store.find(name), await store.documents(name, { limit: 9 })]).toEqual([undefined, []]);
  });

  it('record what the last sync stored of each document, and the reason of each failure', async () => {
    const state = store.stateOf(name);
    expect(await state.position()).toEqual({ listing: 0, isListing: false });
    await state.expect(['a', 'b', 'c']);
    const a = { id: 'a', mark: 'm1', etag: 'e', url: 'u', note: '{"n":1}' };
    const failed = [{ id: 'b', code: 'document_invalid', message: 'It is damaged.' }];
    await state.commit({ ...nothing, stored: [a], failed, position: { cursor: 'x', ...listing(1) } });
    expect(await state.position()).toEqual({ cursor: 'x', listing: 1, isListing: true });
    expect(await state.document('a')).toEqual({ mark: 'm1', etag: 'e', url: 'u', note: '{"n":1}' });
    expect([await state.document('b'), await state.document('none')]).toEqual([{}, undefined]);
    expect(await store.failures(name, { limit: 9 })).toEqual([{ ...failed[0], at: 7 }]);
    expect(await store.find(name)).toMatchObject({ documents: 3, failures: 1 });
    // A document that the listing did not name was removed at the source.
    expect(await state.unlisted(9)).toEqual({ ids: ['c'], hasNamed: true });
    await state.commit({ ...nothing, unchanged: ['b'], removed: ['c'], position: listing(2, false) });
    expect(await store.failures(name, { limit: 9 })).toEqual([]);
    expect(await state.unlisted(9)).toEqual({ ids: ['a'], hasNamed: true });
    expect(await store.documents(name, { after: 'a', limit: 9 })).toEqual(['b']);
    // A document that fails later keeps everything but its mark.
    await state.commit({ ...nothing, failed: [{ id: 'a', code: 'x', message: 'y' }], position: listing(3) });
    expect(await state.document('a')).toEqual({ etag: 'e', url: 'u', note: '{"n":1}' });
    await store.forgetDocuments(name, ['a', 'none']);
    expect(await store.documents(name, { limit: 9 })).toEqual(['b']);
  });

  it('record the end of the last sync, and the time of the last change', async () => {
    const counts = { named: 2, stored: 1, unchanged: 1, removed: 0, failed: 0 };
    await store.ended(name, { at: 5, counts });
    await store.ended(name, { at: 6, counts: { ...counts, stored: 0 } });
    // Two processes found the same time due: only one of them is the first.
    const fired = await Promise.all([store, other].map((one) => one.fired(name, { from: undefined, to: 4 })));
    expect(fired.sort()).toEqual([false, true]);
    expect(await other.fired(name, { from: 3, to: 5 })).toBe(false);
    expect(await other.find(name)).toMatchObject({ syncedAt: 6, changedAt: 5, firedAt: 4, counts: { stored: 0 } });
    expect(await store.failing(9)).toEqual([]);
    await store.ended(name, { at: 8, error: { code: 'source_failed', message: 'No.' } });
    expect(await other.failing(9)).toEqual([{ ...name, code: 'source_failed' }]);
    expect(await store.find(name)).toMatchObject({ counts: { named: 2 }, error: { code: 'source_failed', at: 8 } });
    await store.forget('docs');
    expect(await other.list()).toEqual([]);
  });

  it('refuse a sync that read with other settings, even when they change at the same time', async () => {
    const state = store.stateOf(name);
    await state.commit({ ...nothing, position: { cursor: 'x', ...listing(1) } });
    const replaced = tables.commit(other.write.replace(source, { isAnew: true, revision: 1 }));
    const added = state.expect(['late']).then(
      () => 1,
      () => 0,
    );
    await replaced;
    expect(await store.documents(name, { limit: 9 })).toHaveLength(await added);
    await expect(state.commit({ ...nothing, position: listing(2) })).rejects.toMatchObject({ code: 'conflict' });
    expect(await other.stateOf(name).position()).toEqual({ listing: 1, isListing: false });
    const fresh = other.stateOf(name);
    await fresh.position();
    await tables.commit(store.write.remove(name));
    await expect(fresh.commit({ ...nothing, position: listing(2) })).rejects.toMatchObject({
      code: 'source_not_found',
    });
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Filter, VectorStore } from '@heddle/core';
import { checkRandomReaders, documentOf, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { pets } from '../__fixtures__/pets.js';
import { createLancedbStore } from './lancedb-store.js';
import { loadLibrary } from './library.js';

const isHere = await loadLibrary().then(
  () => true,
  () => false,
);

(isHere ? describe : describe.skip)('LanceDB store (skipped where LanceDB has no package for the platform)', () => {
  let folder: string;
  let opened: VectorStore[];
  const open = (): VectorStore => {
    const store = createLancedbStore({ folder });
    opened.push(store);
    return store;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-lancedb-'));
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  for (const promise of vectorStoreSuite) {
    it(promise.name, async () => {
      const another = async (): Promise<VectorStore> => open();
      await promise.run({
        store: open(),
        reopen: another,
        second: async () => createLancedbStore({ folder }),
        tenant: async () => createLancedbStore({ folder: join(folder, 'other') }),
      });
    });
  }

  it('finds for random readers exactly what they may read', async () => {
    checkRandomReaders(await searchAsRandomReaders(open(), { seed: 7, documents: 30, searches: 60 }));
  });

  it('makes a collection once when several programs make it at once', async () => {
    const made = await Promise.allSettled([open(), open(), open()].map((store) => store.create(pets)));
    const refused = made.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'collection_exists' } });
  });

  it('writes nothing to a collection that was dropped, and removes its table', async () => {
    const store = open();
    const collection = await store.create(pets);
    await collection.put([documentOf('a', { passages: [{ text: 'one' }] })]);
    const other = await open().open('pets');
    await store.drop('pets');
    for (const one of [collection, other])
      await expect(one.put([documentOf('a', { passages: [{ text: 'one' }] })])).rejects.toMatchObject({
        code: 'collection_not_found',
      });
    expect(await store.list()).toEqual([]);
  });

  it('accepts filters of many levels, and refuses those on which its parser would not end', async () => {
    const collection = await open().create(pets);
    await collection.put([documentOf('a', { metadata: { size: 3 }, passages: [{ text: 'robin' }] })]);
    const has: Filter = { op: 'exists', field: 'size' };
    const found = (filter: Filter): Promise<readonly unknown[]> =>
      collection.search({ mode: 'lexical', text: 'robin', k: 3, filter });
    const nested = (levels: number, of: (inner: Filter) => Filter): Filter =>
      levels === 0 ? has : of(nested(levels - 1, of));

    expect(await found(nested(60, (filter) => ({ op: 'not', filter })))).toHaveLength(1);
    expect(await found(nested(61, (filter) => ({ op: 'not', filter })))).toHaveLength(0);
    expect(await found(nested(60, (filter) => ({ op: 'and', filters: [filter] })))).toHaveLength(1);
    expect(
      await found(nested(15, (filter) => ({ op: 'not', filter: { op: 'and', filters: [filter, has] } }))),
    ).toHaveLength(0);
    const wide: Filter = {
      op: 'or',
      filters: Array.from({ length: 100 }, () => ({ op: 'or' as const, filters: Array<Filter>(100).fill(has) })),
    };
    for (const filter of [nested(30, (inner) => ({ op: 'or', filters: [inner, has] })), wide])
      await expect(found(filter)).rejects.toMatchObject({ code: 'filter_invalid' });
  });

  it('orders texts and numbers of any sign', async () => {
    const collection = await open().create(pets);
    const sized = (id: string, size: number, note: string) =>
      documentOf(id, { metadata: { size, note }, passages: [{ text: 'robin' }] });
    await collection.put([sized('low', -2.5, "it's"), sized('zero', 0, 'é'), sized('high', 1e300, '\u{1F511}')]);
    const found = async (filter: Filter) =>
      (await collection.search({ mode: 'lexical', text: 'robin', k: 5, filter }))
        .map(({ document }) => document)
        .sort();

    expect(await found({ op: 'lt', field: 'size', value: 0 })).toEqual(['low']);
    expect(await found({ op: 'lte', field: 'size', value: 0 })).toEqual(['low', 'zero']);
    expect(await found({ op: 'gt', field: 'size', value: 1e299 })).toEqual(['high']);
    expect(await found({ op: 'not', filter: { op: 'gte', field: 'size', value: 0 } })).toEqual(['low']);
    expect(await found({ op: 'gt', field: 'note', value: 'z' })).toEqual(['high', 'zero']);
    expect(await found({ op: 'eq', field: 'note', value: "it's" })).toEqual(['low']);
  });

  it('refuses a path that cannot be a folder', async () => {
    const store = createLancedbStore({ folder: join(import.meta.filename, 'x') });
    await expect(store.list()).rejects.toMatchObject({ code: 'vector_store_failed' });
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { createFakeEmbedder } from '@heddle/core/testing';
import { hours, setUp } from '../testing/collections-setup.js';
import { createMemoryStore } from '../testing/memory-store.js';

describe('collections', () => {
  afterEach(() => void jest.useRealTimers());

  it('takes the dimensions of the embedder and the default splitter', async () => {
    const { collections } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    expect(await collection.info()).toMatchObject({
      name: 'faq',
      embedding: 'fake',
      dimensions: 64,
      splitter: { kind: 'markdown', maxTokens: 220, overlapTokens: 20, context: true },
      label: { level: 'internal' },
    });
    expect((await collections.list()).map(({ name }) => name)).toEqual(['faq']);
    expect(await collections.drop('faq')).toBe(true);
    expect(await collections.drop('faq')).toBe(false);
  });

  it.each([
    [{ name: 'faq', embedding: 'nothing' }, 'model_unknown'],
    [{ name: 'faq', embedding: 'smollm' }, 'model_wrong_kind'],
    [{ name: '__proto__', embedding: 'fake' }, 'bad_request'],
    [{ name: '../x', embedding: 'fake' }, 'bad_request'],
    [{ name: 'faq', embedding: 'fake', store: 'qdrant' as const }, 'resource_unavailable'],
  ])('refuses to create %j', async (request, code) => {
    await expect(setUp().collections.create(request)).rejects.toMatchObject({ code });
  });

  it('refuses a second collection of the same name, and another model, with a remedy', async () => {
    const { collections } = setUp();
    await collections.create({ name: 'faq', embedding: 'fake' });
    await expect(collections.create({ name: 'faq', embedding: 'other' })).rejects.toMatchObject({
      code: 'collection_exists',
      message: expect.stringContaining("filled with model 'fake'"),
    });
    await expect(collections.open('faq', { embedding: 'other' })).rejects.toMatchObject({
      code: 'collection_model',
      message: expect.stringContaining("leave the model out to use 'fake'"),
    });
    await expect(collections.open('faq', { embedding: 'fake' })).resolves.toMatchObject({ name: 'faq' });
    await expect(collections.open('missing')).rejects.toMatchObject({ code: 'collection_not_found' });
  });

  it('refuses to import and search when the vectors of the model no longer fit', async () => {
    const { collections, current } = setUp();
    const collection = await collections.create({ name: 'faq', embedding: 'fake' });
    current.embedder = createFakeEmbedder({ id: 'fake', dimensions: 32 });
    await expect(collection.ingest([hours])).rejects.toMatchObject({
      code: 'collection_dimensions',
      message: expect.stringContaining('64 dimensions'),
    });
    await expect(collection.search({ query: 'hours' })).rejects.toMatchObject({ code: 'collection_dimensions' });
    await expect(collection.search({ query: 'hours', mode: 'lexical' })).resolves.toEqual([]);
  });

  it('lists the collections of the stores that answer, and names the store that does not', async () => {
    const away = new HeddleError('vector_store_unreachable', 'Qdrant does not answer.');
    const qdrant = { ...createMemoryStore(), kind: 'qdrant' as const, list: () => Promise.reject(away) };
    const { collections } = setUp(undefined, [qdrant]);
    await collections.create({ name: 'faq', embedding: 'fake' });
    const { collections: found, stores, unreachable } = await collections.survey();
    expect(found.map(({ name }) => name)).toEqual(['faq']);
    expect(unreachable).toEqual([{ store: 'qdrant', error: away }]);
    expect(stores).toEqual(['embedded', 'qdrant']);
    // `list` returns all collections or fails: callers delete files that belong to no collection.
    await expect(collections.list()).rejects.toBe(away);
  });

  it('waits for the embedded store, even on a slow machine', async () => {
    const { collections, store } = setUp();
    await collections.create({ name: 'faq', embedding: 'fake' });
    const found = await store.list();
    jest.useFakeTimers();
    jest.spyOn(store, 'list').mockReturnValue(new Promise((resolve) => setTimeout(() => resolve(found), 30_000)));
    const survey = collections.survey();
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await survey).toMatchObject({ collections: [{ name: 'faq' }], unreachable: [] });
  });

  it('waits a limited time for a store that never answers, and asks it again only after the first request has ended', async () => {
    const list = jest.fn(() => new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 30_000)));
    const qdrant = { ...createMemoryStore(), kind: 'qdrant' as const, list };
    const { collections } = setUp(undefined, [qdrant]);
    await collections.create({ name: 'faq', embedding: 'fake' });
    jest.useFakeTimers();
    const survey = collections.survey();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(await survey).toMatchObject({
      collections: [{ name: 'faq' }],
      unreachable: [{ store: 'qdrant', error: { code: 'vector_store_unreachable' } }],
    });
    expect(await collections.survey()).toMatchObject({
      unreachable: [{ error: { code: 'vector_store_unreachable' } }],
    });
    expect(list).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(20_000);
    void collections.survey();
    expect(list).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(30_000);
  });
});

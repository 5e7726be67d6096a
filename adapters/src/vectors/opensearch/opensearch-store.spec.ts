import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { VectorStore } from '@heddle/core';
import { checkRandomReaders, documentOf, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { pets } from '../__fixtures__/pets.js';
import { startFakeOpensearch, type FakeOpensearch } from './__fixtures__/fake-opensearch.js';
import { createOpensearchStore } from './opensearch-store.js';

// No test here uses a real server: npm run test:compat does.
describe('OpenSearch store on a small OpenSearch', () => {
  let fake: FakeOpensearch;
  let store: VectorStore;
  beforeAll(async () => {
    fake = await startFakeOpensearch();
  });
  beforeEach(async () => {
    store = createOpensearchStore({ url: fake.url });
    for (const { name } of await store.list()) await store.drop(name);
  });
  afterAll(async () => fake.close());

  for (const promise of vectorStoreSuite) {
    it(promise.name, async () => {
      const another = async () => createOpensearchStore({ url: fake.url });
      const tenant = async () => createOpensearchStore({ url: fake.url, prefix: 'other_' });
      await promise.run({ store, reopen: another, second: another, tenant });
    });
  }

  it('finds for random readers exactly what they may read', async () => {
    checkRandomReaders(await searchAsRandomReaders(store, { seed: 7, documents: 30, searches: 100 }));
  });

  it('keeps names apart that differ only in punctuation, and refuses one that is too long', async () => {
    const names = ['a@1', 'a~401', 'A', 'a', 'a*1', 'ä 1', 'a%401'];
    for (const name of names) await store.create({ ...pets, name });

    expect((await store.list()).map(({ name }) => name).sort()).toEqual([...names].sort());
    await expect(store.create({ ...pets, name: 'x'.repeat(300) })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('creates no index when it writes to a dropped collection', async () => {
    const collection = await store.create(pets);
    await store.drop('pets');
    await expect(collection.put([documentOf('a', { passages: [{ text: 'one' }] })])).rejects.toMatchObject({
      code: 'collection_not_found',
    });
    expect(await store.list()).toEqual([]);
  });

  it('ignores collections with other prefixes', async () => {
    await store.create(pets);
    const other = createOpensearchStore({ url: fake.url, prefix: 'other_' });

    expect([await other.list(), await other.drop('pets')]).toEqual([[], false]);
  });

  it('compares long texts of metadata as a whole, and numbers by value', async () => {
    const collection = await store.create(pets);
    const long = 'a'.repeat(50_000);
    const note = (text: string, size: number) => ({ metadata: { text, size }, passages: [{ text: 'robin' }] });
    await collection.put([documentOf('one', note(`${long}1`, -2.5)), documentOf('two', note(`${long}2`, 1e-9))]);
    const found = async (filter: NonNullable<Parameters<typeof collection.search>[0]['filter']>) =>
      (await collection.search({ mode: 'lexical', text: 'robin', k: 5, filter })).map(({ document }) => document);

    expect(await found({ op: 'eq', field: 'text', value: `${long}2` })).toEqual(['two']);
    expect(await found({ op: 'lt', field: 'size', value: 0 })).toEqual(['one']);
    expect(await found({ op: 'gt', field: 'size', value: -2 })).toEqual(['two']);
    expect(await found({ op: 'eq', field: 'size', value: -2.5 })).toEqual(['one']);
    expect(await found({ op: 'lte', field: 'size', value: -1e300 })).toEqual([]);
  });
});

describe('OpenSearch store when the server is not well', () => {
  let fake: FakeOpensearch;
  beforeAll(async () => {
    fake = await startFakeOpensearch();
  });
  afterAll(async () => fake.close());

  it.each(['opensearch:9200', '', 'ftp://x'])('refuses the address %j', (url) => {
    expect(() => createOpensearchStore({ url })).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
  });

  it('reports that no server answers, without the password, and retries at the next call', async () => {
    const store = createOpensearchStore({ url: 'http://me:canary@127.0.0.1:1' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error: unknown = await store.list().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'vector_store_unreachable', retryable: true });
      expect(String(error)).not.toContain('canary');
    }
  });

  it.each([
    [401, 'Unauthorized', 'vector_store_unauthorized', false],
    [403, { error: { type: 'cluster_block_exception', reason: 'disk full' } }, 'storage_full', true],
    [429, { error: { type: 'circuit_breaking_exception', reason: 'too much' } }, 'vector_store_failed', true],
    [500, { error: { type: 'x', reason: 'out of luck' } }, 'vector_store_failed', true],
    [400, { error: { type: 'x', reason: 'No handler for type [knn_vector] declared' } }, 'vector_store_failed', false],
    [400, { error: { type: 'too_many_nested_clauses', reason: 'x' } }, 'filter_invalid', false],
    [502, '<html>Bad gateway</html>', 'vector_store_failed', true],
    [200, { version: { number: '8.1.0' } }, 'vector_store_failed', false],
  ])('turns the answer %i %j into %s', async (status, body, code, retryable) => {
    fake.fail(status, body, 1);
    await expect(createOpensearchStore({ url: fake.url }).list()).rejects.toMatchObject({ code, retryable });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { VectorStore } from '@heddle/core';
import { checkRandomReaders, documentOf, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { createFakeQdrant } from './__fixtures__/fake-qdrant.js';
import { pets } from '../__fixtures__/pets.js';
import { startStandIn, type StandIn } from './__fixtures__/stand-in.js';
import { createQdrantStore } from './qdrant-store.js';

// No test here uses a real server: the suite runs on a small Qdrant of our own.
describe('Qdrant store on a small Qdrant', () => {
  let fake: StandIn;
  let store: VectorStore;
  beforeAll(async () => {
    fake = await startStandIn(createFakeQdrant());
  });
  beforeEach(async () => {
    store = createQdrantStore({ url: fake.url });
    for (const { name } of await store.list()) await store.drop(name);
  });
  afterAll(async () => fake.close());

  for (const promise of vectorStoreSuite) {
    it(promise.name, async () => {
      const another = async () => createQdrantStore({ url: fake.url });
      const tenant = async () => createQdrantStore({ url: fake.url, prefix: 'other_' });
      await promise.run({ store, reopen: another, second: another, tenant });

      expect(fake.violations).toEqual([]);
    });
  }

  it('finds for random readers exactly what they may read', async () => {
    checkRandomReaders(await searchAsRandomReaders(store, { seed: 7, documents: 60, searches: 200 }));
    expect(fake.violations).toEqual([]);
  });

  it('exchanges two collections in one request', async () => {
    const qdrant = createQdrantStore({ url: fake.url });
    await (await qdrant.create(pets)).put([documentOf('old', { passages: [{ text: 'the old text' }] })]);
    const next = await qdrant.create({ ...pets, name: 'pets@next', embedding: 'newer' });
    await next.put([documentOf('new', { passages: [{ text: 'the new text' }] })]);
    const asked = fake.asked.length;
    await qdrant.rename([
      { from: 'pets', to: 'pets@previous' },
      { from: 'pets@next', to: 'pets' },
    ]);

    expect(fake.asked.slice(asked).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /aliases',
      'POST /collections/aliases',
    ]);
    const after = await qdrant.open('pets');
    expect((await after.documents()).map(({ id }) => id)).toEqual(['new']);
    expect((await qdrant.list()).map(({ name, embedding }) => [name, embedding])).toEqual([
      ['pets', 'newer'],
      ['pets@previous', 'tiny'],
    ]);
    expect(await qdrant.drop('pets@previous')).toBe(true);
    expect((await after.documents()).map(({ id }) => id)).toEqual(['new']);
  });

  it('creates a collection again when an earlier try ended before its name was set', async () => {
    await fetch(`${fake.url}/collections/heddle_pets@1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vectors: { dense: { size: 3, distance: 'Cosine' } } }),
    });

    await store.create(pets);

    expect((await (await store.open('pets')).info()).dimensions).toBe(8);
  });

  it('keeps names apart that differ only in punctuation', async () => {
    const names = ['a@1', 'a~401', 'a*1', 'a/1', 'a%401', 'ä 1'];
    for (const name of names) await store.create({ ...pets, name });

    expect((await store.list()).map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(fake.asked.every(({ path }) => !/[*<>"|?\\\u0000]/.test(path))).toBe(true);
  });

  it('ignores collections with other prefixes', async () => {
    await store.create(pets);
    const other = createQdrantStore({ url: fake.url, prefix: 'other_' });

    expect(await other.list()).toEqual([]);
    expect(await other.drop('pets')).toBe(false);
  });

  it('refuses to order text that is not a date, and says what to do', async () => {
    const collection = await store.create(pets);
    await collection.put([
      documentOf('a', { metadata: { day: '2026-03-01', shelf: 'b' }, passages: [{ text: 'one' }] }),
    ]);
    const found = async (field: string, value: string) =>
      collection.search({
        mode: 'dense',
        vector: new Float32Array(8).fill(1),
        k: 1,
        filter: { op: 'gt', field, value },
      });

    expect(await found('day', '2026-01-01')).toHaveLength(1);
    await expect(found('shelf', 'a')).rejects.toMatchObject({
      code: 'filter_invalid',
      message: expect.stringMatching(/'shelf'.* Use eq or in, or keep the collection in the embedded store/),
    });
  });

  it('writes a large document in batches, its own point last', async () => {
    const collection = await store.create(pets);
    const asked = fake.asked.length;

    await collection.put([
      documentOf('long', { passages: Array.from({ length: 600 }, (_, index) => ({ text: `part ${index}` })) }),
    ]);

    const writes = fake.asked
      .slice(asked)
      .filter(({ path }) => !path.endsWith('/points/scroll'))
      .map(({ method, path, query, body }) => [
        method,
        path.split('/').slice(3).join('/'),
        query,
        (body as { points?: unknown[] }).points?.length,
      ]);
    expect(writes).toEqual([
      ['PUT', 'points', '?wait=true', 256],
      ['PUT', 'points', '?wait=true', 256],
      ['PUT', 'points', '?wait=true', 88],
      ['POST', 'points/delete', '?wait=true', undefined],
      ['PUT', 'points', '?wait=true', 1],
    ]);
    expect(await collection.passages('long')).toHaveLength(600);
  });
});

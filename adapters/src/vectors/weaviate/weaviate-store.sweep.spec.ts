import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Filter, VectorStore } from '@heddle/core';
import { checkRandomReaders, documentOf, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { pets } from '../__fixtures__/pets.js';
import { startFakeWeaviate, type FakeWeaviate } from './__fixtures__/fake-weaviate.js';
import { createWeaviateStore } from './weaviate-store.js';

// No test here uses a real server: npm run test:compat does.
describe('Weaviate store on a small Weaviate', () => {
  let fake: FakeWeaviate;
  let store: VectorStore;
  const open = (prefix = 'Heddle'): VectorStore => createWeaviateStore({ url: fake.url, prefix });
  beforeAll(async () => {
    fake = await startFakeWeaviate();
  });
  beforeEach(() => {
    fake.classes.clear();
    fake.dropped.clear();
    store = open();
  });
  afterAll(async () => fake.close());

  for (const promise of vectorStoreSuite) {
    it(promise.name, async () => {
      const another = async () => open();
      await promise.run({ store, reopen: another, second: another, tenant: async () => open('Other') });
    });
  }

  it('finds for random readers exactly what they may read', async () => {
    checkRandomReaders(await searchAsRandomReaders(store, { seed: 7, documents: 30, searches: 100 }));
  });

  it('finds the best words in new passages, which the server ranks wrongly', async () => {
    const collection = await store.create(pets);
    const passages = Array.from({ length: 700 }, (_, at) => ({
      text: at === 699 ? 'robin robin' : `robin and other birds ${at}`,
    }));
    await collection.put([documentOf('a', { passages })]);
    for (const one of [collection, await open().open('pets')]) {
      const found = await one.search({ mode: 'lexical', text: 'robin', k: 1 });
      expect(found.map(({ id }) => id)).toEqual(['a#699']);
    }
  });

  it('shows no text without permission when the server drops the condition of readers', async () => {
    const collection = await store.create(pets);
    await collection.put([
      { ...documentOf('mine', { passages: [{ text: 'robin' }] }), readers: { list: ['user:ada'] } },
      documentOf('open', { passages: [{ text: 'robin' }] }),
    ]);
    fake.dropped.add('readers');
    for (const mode of ['lexical', 'dense', 'hybrid'] as const) {
      const vector = new Float32Array(pets.dimensions).fill(1);
      const found = await collection.search({ mode, text: 'robin', vector, k: 5, readers: [] });
      expect(found.map(({ document }) => document)).toEqual(['open']);
    }
  });

  it('keeps names apart that differ only in punctuation, and accepts long ones', async () => {
    const names = ['a@1', 'a~401', 'A', 'a', 'a*1', 'ä 1', 'a%401', `"${'x'.repeat(300)}\\`];
    for (const name of names) await store.create({ ...pets, name });
    expect((await open().list()).map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('makes a collection once when several programs make it at once, and leaves no tenant behind', async () => {
    const made = await Promise.allSettled([open(), open(), open()].map((one) => one.create(pets)));
    const refused = made.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'collection_exists' } });
    for (const name of ['Heddle_passages', 'Heddle_records']) expect(fake.classes.get(name)?.tenants.size).toBe(1);
  });

  it('loses no name when several programs change them at once', async () => {
    const change = async (at: number): Promise<void> => {
      const one = open();
      for (let round = 0; round < 5; round += 1) {
        await one.create({ ...pets, name: `n${at}.${round}` });
        await one.rename([{ from: `n${at}.${round}`, to: `m${at}.${round}` }]);
      }
    };
    await Promise.all([0, 1, 2].map(change));
    const names = (await store.list()).map(({ name }) => name);
    expect(names).toHaveLength(15);
    expect(names.every((name) => name.startsWith('m'))).toBe(true);
    expect([...fake.classes.keys()].filter((name) => name.startsWith('Heddle_names_'))).toHaveLength(1);
  });

  it('repeats a rename whose list of names was replaced and removed meanwhile', async () => {
    await store.create({ ...pets, name: 'one' });
    const [name] = [...fake.classes.keys()].filter((key) => key.startsWith('Heddle_names_'));
    const number = Number(name?.slice('Heddle_names_'.length));
    // Between the read and the write of the names, other programs make three changes, and only the class of the last one stays.
    fake.before(/^POST \/v1\/schema$/, () => {
      const body = fake.classes.get(`Heddle_names_${number}`)?.body ?? {};
      const newest = `Heddle_names_${number + 3}`;
      const { collections, ...state } = JSON.parse(String(body['description'])) as {
        readonly collections: readonly (readonly [string, unknown])[];
      };
      const described = {
        ...state,
        changes: ['theirs'],
        collections: collections.map(([, entry]) => ['theirs', entry]),
      };
      fake.classes.set(newest, { body: { class: newest, description: JSON.stringify(described) }, tenants: new Map() });
      fake.classes.delete(`Heddle_names_${number}`);
    });
    await expect(store.rename([{ from: 'one', to: 'two' }])).rejects.toMatchObject({ code: 'collection_not_found' });
    expect((await open().list()).map((info) => info.name)).toEqual(['theirs']);
  });

  it('follows a collection that another program renames', async () => {
    const old = await store.create(pets);
    await old.put([documentOf('old', { passages: [{ text: 'robin' }] })]);
    const other = open();
    const next = await other.create({ ...pets, name: 'pets@next' });
    await next.put([documentOf('new', { passages: [{ text: 'robin' }] })]);
    await other.rename([
      { from: 'pets', to: 'pets@previous' },
      { from: 'pets@next', to: 'pets' },
    ]);
    expect((await old.documents()).map(({ id }) => id)).toEqual(['new']);
    await old.put([documentOf('late', { passages: [{ text: 'robin' }] })]);
    expect((await (await open().open('pets')).documents()).map(({ id }) => id)).toEqual(['late', 'new']);
  });

  it('writes nothing to a dropped collection, and creates no class', async () => {
    const collection = await store.create(pets);
    await open().drop('pets');
    const put = collection.put([documentOf('a', { passages: [{ text: 'one' }] })]);
    await expect(put).rejects.toMatchObject({ code: 'collection_not_found' });
    const again = await store.create(pets);
    // The collection is removed after the search for it and before the write.
    fake.before(/^POST \/v1\/batch/, () => fake.classes.get('Heddle_records')?.tenants.clear());
    await expect(again.setNote('a', 'text')).rejects.toMatchObject({ code: 'collection_not_found' });
  });

  it('finds what is written again after a kill had left it out of the indexes', async () => {
    const collection = await store.create(pets);
    const robin = documentOf('a', { passages: [{ text: 'robin' }] });
    await collection.put([{ ...robin, readers: { list: ['user:ada'] } }]);
    await collection.setNote('key', 'before');
    fake.loseIndexes();
    expect([await collection.note('key'), await collection.document('a')]).toEqual([undefined, undefined]);
    const again = await open().open('pets');
    await again.put([{ ...robin, readers: { list: ['user:ada'] } }]);
    await again.setNote('key', 'after');
    expect(await again.note('key')).toBe('after');
    expect(await again.document('a')).toMatchObject({ id: 'a', readers: ['user:ada'], passages: 1 });
    expect(await again.info()).toMatchObject({ documents: 1, passages: 1, restricted: 1 });
    for (const [readers, count] of [
      [['user:ada'], 1],
      [['user:bob'], 0],
    ] as const)
      expect(await again.search({ mode: 'lexical', text: 'robin', k: 5, readers })).toHaveLength(count);
  });

  it('leaves out a passage that is removed while its readers change', async () => {
    const collection = await store.create(pets);
    await collection.put([documentOf('a', { passages: [{ text: 'robin' }] })]);
    const message = 'msg:repo.merge code:500 err:update local object: object not found';
    fake.before(/^PATCH /, () => fake.fail(500, { error: [{ message }] }, 1));
    expect(await collection.setReaders([{ document: 'a', readers: ['user:ada'] }])).toBe(1);
    fake.before(/^PATCH /, () => fake.fail(500, { error: [{ message: 'out of luck' }] }, 1));
    const failed = collection.setReaders([{ document: 'a', readers: ['user:bob'] }]);
    await expect(failed).rejects.toMatchObject({ code: 'vector_store_failed' });
    await collection.setReaders([{ document: 'a', readers: ['user:bob'] }]);
    const query = { mode: 'lexical', text: 'robin', k: 5 } as const;
    expect(await collection.search({ ...query, readers: ['user:bob'] })).toHaveLength(1);
    expect(await collection.search({ ...query, readers: ['user:ada'] })).toHaveLength(0);
  });

  it('removes unreferenced tenants after an hour', async () => {
    await store.create(pets);
    const tenants = fake.classes.get('Heddle_passages')?.tenants;
    const old = `c${Date.now() - 3_700_000}-x`;
    for (const name of [old, `c${Date.now()}-y`, 'theirs']) tenants?.set(name, new Map());
    await store.create({ ...pets, name: 'more' });
    expect([...(tenants?.keys() ?? [])].map((name) => name.replace(/^c\d+-/, ''))).toEqual(
      expect.arrayContaining(['y', 'theirs']),
    );
    expect(tenants?.has(old)).toBe(false);
  });

  it('refuses classes that Heddle did not make', async () => {
    fake.classes.set('Heddle_records', { body: { class: 'Heddle_records', description: 'mine' }, tenants: new Map() });
    await expect(store.create(pets)).rejects.toMatchObject({ code: 'vector_store_failed' });
  });

  it('stores and removes a document of many passages', async () => {
    const collection = await store.create(pets);
    const passages = Array.from({ length: 230 }, (_, at) => ({ text: `part ${at}` }));
    await collection.put([documentOf('long', { passages })]);
    expect((await collection.passages('long')).map(({ text }) => text)).toEqual(passages.map(({ text }) => text));
    expect([await collection.delete(['long']), (await collection.info()).passages]).toEqual([1, 0]);
  });

  it('orders texts and numbers of any sign, and long texts by their beginning', async () => {
    const collection = await store.create(pets);
    const sized = (id: string, size: number, note: string) =>
      documentOf(id, { metadata: { size, note }, passages: [{ text: 'robin' }] });
    const long = 'a'.repeat(50_000);
    await collection.put([sized('low', -2.5, `${long}1`), sized('zero', 0, 'é'), sized('high', 1e300, '\u{1F511}')]);
    const found = async (filter: Filter) =>
      (await collection.search({ mode: 'lexical', text: 'robin', k: 5, filter }))
        .map(({ document }) => document)
        .sort();

    expect(await found({ op: 'lt', field: 'size', value: 0 })).toEqual(['low']);
    expect(await found({ op: 'lte', field: 'size', value: 0 })).toEqual(['low', 'zero']);
    expect(await found({ op: 'gte', field: 'size', value: -2.5 })).toEqual(['high', 'low', 'zero']);
    expect(await found({ op: 'gt', field: 'size', value: -2.5 })).toEqual(['high', 'zero']);
    expect(await found({ op: 'gt', field: 'size', value: 1e300 })).toEqual([]);
    expect(await found({ op: 'not', filter: { op: 'gte', field: 'size', value: 0 } })).toEqual(['low']);
    expect(await found({ op: 'gt', field: 'note', value: 'z' })).toEqual(['high', 'zero']);
    expect(await found({ op: 'gt', field: 'note', value: '' })).toEqual(['high', 'low', 'zero']);
    expect(await found({ op: 'lt', field: 'note', value: '' })).toEqual([]);
    expect(await found({ op: 'eq', field: 'note', value: `${long}2` })).toEqual([]);
    expect(await found({ op: 'eq', field: 'note', value: `${long}1` })).toEqual(['low']);
  });

  it('refuses filters with too many levels or conditions', async () => {
    const collection = await store.create(pets);
    const has: Filter = { op: 'exists', field: 'size' };
    let deep: Filter = has;
    for (let level = 0; level < 70; level += 1) deep = { op: 'not', filter: deep };
    const wide: Filter = {
      op: 'or',
      filters: Array.from({ length: 100 }, () => ({ op: 'or' as const, filters: Array<Filter>(100).fill(has) })),
    };
    for (const filter of [deep, wide])
      await expect(collection.search({ mode: 'lexical', text: 'a', k: 1, filter })).rejects.toMatchObject({
        code: 'filter_invalid',
      });
  });
});

describe('Weaviate store when the server is not well', () => {
  let fake: FakeWeaviate;
  beforeAll(async () => {
    fake = await startFakeWeaviate();
  });
  afterAll(async () => fake.close());

  it.each(['weaviate:8080', '', 'ftp://x', 'http://me:canary@host'])('refuses the address %j', (url) => {
    expect(() => createWeaviateStore({ url })).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
  });

  it.each(['', 'lower', 'With Space', 'A"'])('refuses the prefix %j', (prefix) => {
    expect(() => createWeaviateStore({ url: fake.url, prefix })).toThrow(
      expect.objectContaining({ code: 'setting_invalid' }),
    );
  });

  it('reports that no server answers, without the key, and retries at the next call', async () => {
    const store = createWeaviateStore({ url: 'http://127.0.0.1:1', apiKey: 'canary' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error: unknown = await store.list().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'vector_store_unreachable', retryable: true });
      expect(String(error)).not.toContain('canary');
    }
  });

  it.each([
    [401, { code: 401, message: 'invalid api key' }, 'vector_store_unauthorized', false],
    [403, { error: [{ message: 'forbidden' }] }, 'vector_store_unauthorized', false],
    [429, { error: [{ message: 'too many requests' }] }, 'vector_store_failed', true],
    [500, { error: [{ message: 'store is read-only due to: disk usage too high' }] }, 'storage_full', true],
    [500, { error: [{ message: 'out of luck' }] }, 'vector_store_failed', true],
    [502, '<html>Bad gateway</html>', 'vector_store_failed', true],
    [200, { version: '1.24.1' }, 'vector_store_failed', false],
    [200, { cluster_name: 'x' }, 'vector_store_failed', false],
  ])('turns the answer %i %j into %s', async (status, body, code, retryable) => {
    fake.fail(status, body, 1);
    await expect(createWeaviateStore({ url: fake.url }).list()).rejects.toMatchObject({ code, retryable });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Filter, VectorStore } from '@heddle/core';
import { checkRandomReaders, documentOf, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { pets } from '../__fixtures__/pets.js';
import { startFakePinecone, type FakePinecone } from './__fixtures__/fake-pinecone.js';
import { createPineconeStore } from './pinecone-store.js';

const patience = 120_000;
const robin = documentOf('a', { passages: [{ text: 'robin' }] });
const vector = new Float32Array(pets.dimensions).fill(1);

// No test uses the real service: the suite runs on a small Pinecone of our own.
describe('Pinecone store on a small Pinecone', () => {
  let fake: FakePinecone;
  let store: VectorStore;
  const open = (prefix = 'heddle'): VectorStore =>
    createPineconeStore({ url: fake.url, apiKey: fake.apiKey, prefix, visibleMs: 60_000 });
  beforeAll(async () => {
    fake = await startFakePinecone();
  });
  beforeEach(() => {
    fake.clear();
    store = open();
  });
  afterAll(async () => fake.close());
  const spaces = (index: string): string[] =>
    [...(fake.indexes.get(index)?.spaces.keys() ?? [])].filter((name) => name.startsWith('c'));

  for (const promise of vectorStoreSuite) {
    it(
      promise.name,
      async () => {
        fake.lag = 1;
        const another = async () => open();
        await promise.run({ store, reopen: another, second: another, tenant: async () => open('other') });
      },
      patience,
    );
  }

  it(
    'finds for random readers exactly what they may read',
    async () => {
      checkRandomReaders(await searchAsRandomReaders(store, { seed: 7, documents: 30, searches: 60 }));
    },
    patience,
  );

  it(
    'ends a write when a search shows it, even when the service does not name the write',
    async () => {
      const collection = await store.create(pets);
      fake.lag = 4;
      for (const path of ['', '/vectors/delete', '/vectors/update']) {
        fake.silent.add(path);
        await collection.put([{ ...robin, readers: { list: ['user:ada'] } }]);
        const query = { mode: 'hybrid', text: 'robin', vector, k: 3 } as const;
        expect(await collection.search({ ...query, readers: ['user:ada'] })).toHaveLength(1);
        await collection.setReaders([{ document: 'a', readers: ['user:bob'] }]);
        expect(await collection.search({ ...query, readers: ['user:ada'] })).toHaveLength(0);
        await collection.delete(['a']);
        expect(await collection.search(query)).toHaveLength(0);
      }
      fake.silent.add('/query');
      await expect(collection.put([robin])).rejects.toMatchObject({
        code: 'vector_store_failed',
        message: expect.stringContaining('serverless'),
      });
    },
    patience,
  );

  it('gives up when a write does not become visible', async () => {
    const collection = await store.create(pets);
    const hasty = createPineconeStore({ url: fake.url, apiKey: fake.apiKey, visibleMs: 30 });
    const other = await hasty.open('pets');
    fake.lag = 1_000_000;
    await expect(other.put([robin])).rejects.toMatchObject({ code: 'vector_store_failed', retryable: true });
    fake.lag = 0;
    await collection.put([robin]);
    expect(await collection.documents()).toHaveLength(1);
  });

  it('retries after too many requests, and repeats the writes that the service left out', async () => {
    const collection = await store.create(pets);
    fake.fail(429, { code: 8, message: 'Too Many Requests' }, 3, { 'retry-after': '0' });
    fake.takeOnly(1, 2);
    const passages = Array.from({ length: 20 }, (_, at) => ({ text: `part ${at}` }));
    await collection.put([documentOf('long', { passages })]);
    expect((await collection.passages('long')).map(({ text }) => text)).toEqual(passages.map(({ text }) => text));
    expect(await collection.search({ mode: 'dense', vector, k: 100 })).toHaveLength(20);
    fake.takeOnly(1, 1_000);
    await expect(collection.put([documentOf('more', { passages })])).rejects.toMatchObject({
      code: 'vector_store_failed',
      retryable: true,
    });
  });

  it.each(['readers', 'fields', 'kind'])(
    'shows no text without permission when the service drops the condition of %s',
    async (dropped) => {
      const collection = await store.create(pets);
      const mine = documentOf('mine', { passages: [{ text: 'robin' }] });
      const open = documentOf('open', { passages: [{ text: 'robin' }] });
      await collection.put([{ ...mine, readers: { list: ['user:ada'] } }, open]);
      fake.dropped.add(dropped);
      for (const mode of ['lexical', 'dense', 'hybrid'] as const) {
        const found = await collection.search({ mode, text: 'robin', vector, k: 5, readers: [] });
        expect(found.map(({ document }) => document)).toEqual(['open']);
      }
    },
    patience,
  );

  it('refuses to create a collection when the service reads conditions on lists differently', async () => {
    fake.dropped.add('list');
    await expect(store.create(pets)).rejects.toMatchObject({
      code: 'vector_store_failed',
      message: expect.stringContaining('conditions on lists'),
    });
  });

  it(
    'makes a collection once when several programs make it at once, and loses no name',
    async () => {
      const made = await Promise.allSettled([open(), open(), open()].map((one) => one.create(pets)));
      const refused = made.filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(2);
      for (const one of refused) expect(one).toMatchObject({ reason: { code: 'collection_exists' } });
      const change = async (at: number): Promise<void> => {
        const one = open();
        for (let round = 0; round < 3; round += 1) {
          await one.create({ ...pets, name: `n${at}.${round}` });
          await one.rename([{ from: `n${at}.${round}`, to: `m${at}.${round}` }]);
        }
      };
      await Promise.all([0, 1, 2].map(change));
      const names = (await store.list()).map(({ name }) => name).filter((name) => name !== 'pets');
      expect(names).toHaveLength(9);
      expect(names.every((name) => name.startsWith('m'))).toBe(true);
      const tickets = [...(fake.indexes.get('heddle-terms')?.spaces.keys() ?? [])].filter((name) =>
        /^names\./.test(name),
      );
      expect(tickets.length).toBeLessThan(10);
    },
    patience,
  );

  it(
    'continues after a program that ended between taking its number and writing the names',
    async () => {
      await store.create(pets);
      fake.before(/^POST .*\/vectors\/upsert$/, () => fake.fail(500, { code: 13, message: 'killed' }, 1));
      await expect(store.rename([{ from: 'pets', to: 'lost' }])).rejects.toMatchObject({ code: 'vector_store_failed' });
      await store.rename([{ from: 'pets', to: 'others' }]);
      expect((await open().list()).map(({ name }) => name)).toEqual(['others']);
    },
    patience,
  );

  it('follows a collection that another program renames', async () => {
    const old = await store.create(pets);
    await old.put([documentOf('old', { passages: [{ text: 'robin' }] })]);
    const other = open();
    await (
      await other.create({ ...pets, name: 'pets@next' })
    ).put([documentOf('new', { passages: [{ text: 'robin' }] })]);
    await other.rename([
      { from: 'pets', to: 'pets@previous' },
      { from: 'pets@next', to: 'pets' },
    ]);
    expect((await old.documents()).map(({ id }) => id)).toEqual(['new']);
  });

  it('writes nothing to a dropped collection, and removes unreferenced records after an hour', async () => {
    const collection = await store.create(pets);
    await open().drop('pets');
    await expect(collection.put([robin])).rejects.toMatchObject({ code: 'collection_not_found' });
    expect([...spaces('heddle-terms'), ...spaces('heddle-vectors-8')]).toEqual([]);
    const space = { records: new Map(), pending: [], place: 0, visible: 0, reads: 0 };
    const old = `c${Date.now() - 3_700_000}-x`;
    const vectors = fake.indexes.get('heddle-vectors-8')?.spaces;
    for (const name of [old, `c${Date.now()}-y`, 'theirs']) vectors?.set(name, { ...space });
    await store.create(pets);
    await store.create({ ...pets, name: 'more' });
    expect([...(vectors?.keys() ?? [])].map((name) => name.replace(/^c\d+-/, ''))).toEqual(
      expect.arrayContaining(['y', 'theirs']),
    );
    expect(vectors?.has(old)).toBe(false);
  });

  it('keeps texts and notes that are longer than a record, and leaves no piece behind', async () => {
    const collection = await store.create(pets);
    const text = 'Ключ 鍵 "\\\u0001 '.repeat(6_000);
    await collection.put([documentOf('a', { passages: [{ text }, { text: 'robin' }] })]);
    expect((await collection.passages('a'))[0]?.text).toBe(text);
    const [found] = await collection.search({ mode: 'lexical', text: 'ключ', k: 1, readers: [] });
    expect(found?.text).toBe(text);
    for (const note of ['x'.repeat(90_000), 'y'.repeat(70_000)]) await collection.setNote('note', note);
    expect(await collection.note('note')).toBe('y'.repeat(70_000));
    expect((await collection.info()).passages).toBe(2);
    await collection.setNote('note', undefined);
    await collection.delete(['a']);
    const [space = ''] = spaces('heddle-terms');
    const left = [...(fake.indexes.get('heddle-terms')?.spaces.get(space)?.records.values() ?? [])];
    expect(
      left.filter(({ metadata }) => !['language', 'updated', 'fence'].includes(String(metadata?.['kind']))),
    ).toEqual([]);
  });

  it('lists documents in pages, in order', async () => {
    const collection = await store.create(pets);
    const ids = Array.from({ length: 230 }, (_, at) => `d${String(at).padStart(4, '0')}`);
    await collection.put(ids.map((id) => documentOf(id)));
    const listed: string[] = [];
    for (let after = ''; ;) {
      const some = await collection.documents({ after, limit: 70 });
      listed.push(...some.map(({ id }) => id));
      if (some.length < 70) break;
      after = some.at(-1)?.id ?? '';
    }
    expect(listed).toEqual(ids);
    expect(
      (
        await open()
          .open('pets')
          .then((one) => one.documents({ after: 'd0227' }))
      ).map(({ id }) => id),
    ).toEqual([...['d0228', 'd0229']]);
  });

  it('orders texts and numbers of any sign', async () => {
    const collection = await store.create(pets);
    const sized = (id: string, size: number, note: string) =>
      documentOf(id, { metadata: { size: [size, 'text'], note }, passages: [{ text: 'robin' }] });
    await collection.put([sized('low', -2.5, 'aa'), sized('zero', 0, 'é'), sized('high', 1e300, 'aab')]);
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
    expect(await found({ op: 'gt', field: 'note', value: 'aa' })).toEqual(['high', 'zero']);
    expect(await found({ op: 'gte', field: 'note', value: 'aa' })).toEqual(['high', 'low', 'zero']);
    expect(await found({ op: 'lt', field: 'note', value: 'aab' })).toEqual(['low']);
    expect(await found({ op: 'gt', field: 'note', value: '' })).toEqual(['high', 'low', 'zero']);
    expect(await found({ op: 'lt', field: 'note', value: '' })).toEqual([]);
  });

  it('refuses filters and metadata that the service does not support, and keeps the rest', async () => {
    const collection = await store.create(pets);
    const has: Filter = { op: 'exists', field: 'size' };
    let deep: Filter = has;
    for (let level = 0; level < 70; level += 1) deep = { op: 'not', filter: deep };
    const wide: Filter = {
      op: 'or',
      filters: Array.from({ length: 30 }, () => ({ op: 'or' as const, filters: Array<Filter>(50).fill(has) })),
    };
    for (const filter of [deep, wide])
      await expect(collection.search({ mode: 'lexical', text: 'a', k: 1, filter })).rejects.toMatchObject({
        code: 'filter_invalid',
      });
    const metadata = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`field${at}`, `value number ${at}`]));
    await expect(collection.put([documentOf('b', { metadata, passages: [{ text: 'b' }] })])).rejects.toMatchObject({
      code: 'document_too_large',
    });
    expect(await collection.documents()).toEqual([]);
  });

  it(
    'weights the words of a large collection by a sample',
    async () => {
      const collection = await store.create(pets);
      const passages = Array.from({ length: 2_600 }, (_, at) => ({
        text: at === 7 ? 'common zephyrine' : `common filler${at}`,
      }));
      await collection.put([documentOf('a', { passages })]);
      const found = await collection.search({ mode: 'lexical', text: 'common zephyrine', k: 3 });
      expect(found[0]?.id).toBe('a#7');
      expect(found).toHaveLength(3);
    },
    patience,
  );
});

describe('Pinecone store when the service is not well', () => {
  let fake: FakePinecone;
  beforeAll(async () => {
    fake = await startFakePinecone();
  });
  afterAll(async () => fake.close());

  it.each([
    { url: 'pinecone:443' },
    { url: '' },
    { url: 'ftp://x' },
    { apiKey: ' ' },
    { apiKey: 'two words' },
    { prefix: 'Heddle' },
    { prefix: '-a' },
    { region: 'us-east-1' },
    { region: 'aws/us-east-1/../x' },
  ])('refuses the settings %j', (options) => {
    expect(() => createPineconeStore({ apiKey: 'key', url: fake.url, ...options })).toThrow(
      expect.objectContaining({ code: 'setting_invalid' }),
    );
  });

  it('reports that no server answers, without the key, and retries at the next call', async () => {
    const store = createPineconeStore({ url: 'http://127.0.0.1:1', apiKey: 'canary' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error: unknown = await store.list().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'vector_store_unreachable', retryable: true });
      expect(String(error)).not.toContain('canary');
    }
  });

  it('refuses a wrong key, and an index that Heddle did not make', async () => {
    await expect(createPineconeStore({ url: fake.url, apiKey: 'canary' }).list()).rejects.toMatchObject({
      code: 'vector_store_unauthorized',
    });
    fake.indexes.set('mine-terms', {
      body: { name: 'mine-terms', metric: 'cosine', dimension: 3 },
      spaces: new Map(),
      checks: 1,
    });
    await expect(
      createPineconeStore({ url: fake.url, apiKey: fake.apiKey, prefix: 'mine' }).list(),
    ).rejects.toMatchObject({ code: 'vector_store_failed', message: expect.stringContaining('not made by Heddle') });
  });

  it.each([
    [403, { error: { code: 'FORBIDDEN', message: 'Wrong API key' } }, 'vector_store_unauthorized', false],
    [402, { error: { code: 'PAYMENT_REQUIRED', message: 'Request failed. Pay.' } }, 'storage_full', true],
    [500, { code: 13, message: 'out of luck' }, 'vector_store_failed', true],
    [502, '<html>Bad gateway</html>', 'vector_store_failed', true],
    [200, { version: '1.24.1' }, 'vector_store_failed', false],
    [200, 'no JSON', 'vector_store_failed', false],
  ])('turns the answer %i %j into %s', async (status, body, code, retryable) => {
    fake.fail(status, body, 1);
    await expect(createPineconeStore({ url: fake.url, apiKey: fake.apiKey }).list()).rejects.toMatchObject({
      code,
      retryable,
    });
  });
});

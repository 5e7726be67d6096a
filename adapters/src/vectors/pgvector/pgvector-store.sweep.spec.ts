import { vector } from '@electric-sql/pglite-pgvector';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { VectorStore } from '@heddle/core';
import { checkRandomReaders, documentOf, searchAsRandomReaders, vectorStoreSuite } from '@heddle/core/testing';
import { startPostgres, type InnerPostgres } from '../../testing/inner-postgres.js';
import { pets } from '../__fixtures__/pets.js';
import { createPgvectorStore } from './pgvector-store.js';
import { toPostgresError } from './postgres-error.js';

describe('pgvector store on Postgres', () => {
  let postgres: InnerPostgres;
  let stores: VectorStore[] = [];
  const open = (options: { readonly indexFrom?: number } = {}): VectorStore => {
    const store = createPgvectorStore({ url: postgres.url, connections: 1, ...options });
    stores.push(store);
    return store;
  };
  beforeAll(async () => {
    postgres = await startPostgres({ vector });
  }, 120_000);
  beforeEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    const store = createPgvectorStore({ url: postgres.url, connections: 1 });
    for (const { name } of await store.list()) await store.drop(name);
    await store.close();
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    stores = [];
    await postgres.close();
  });

  for (const promise of vectorStoreSuite) {
    it(promise.name, async () => {
      const store = open();
      await promise.run({
        store,
        reopen: async () => {
          await store.close();
          return open();
        },
        second: async () => createPgvectorStore({ url: postgres.url, connections: 1 }),
        tenant: async () => createPgvectorStore({ url: postgres.url, connections: 1, schema: 'other_vectors' }),
      });
    });
  }

  it('finds for random readers exactly what they may read', async () => {
    checkRandomReaders(await searchAsRandomReaders(open(), { seed: 7, documents: 150, searches: 200 }));
  });

  it('keeps texts with characters that Postgres cannot store, with a replacement character', async () => {
    const collection = await open().create(pets);
    await collection.put([
      documentOf('a\u0000b', {
        title: 'half \uD800',
        metadata: { 'k\u0000': ['v\u0000', { deep: '\uDC00' }], ['__proto__']: 'x' },
        passages: [{ id: 'p\u0000', text: 'robin\u0000eagle', metadata: { note: '\u0000' } }],
      }),
    ]);
    const [passage] = await collection.search({ mode: 'lexical', text: 'robin', k: 1 });
    expect(passage).toMatchObject({ document: 'a\uFFFDb', text: 'robin\uFFFDeagle', title: 'half \uFFFD' });
    const filter = { op: 'eq', field: 'k\u0000', value: 'v\u0000' } as const;
    expect(await collection.search({ mode: 'lexical', text: 'robin', k: 1, filter })).toHaveLength(1);
    expect(await collection.passages('a\u0000b')).toHaveLength(1);
    expect(await collection.neighbours('p\u0000', 1, 1)).toHaveLength(1);
    await collection.setNote('n\u0000', 't\u0000');
    expect([await collection.note('n\u0000'), await collection.delete(['a\u0000b'])]).toEqual(['t\uFFFD', 1]);
  });

  it('refuses a passage id of another document, and writes nothing of that call', async () => {
    const collection = await open().create(pets);
    await collection.put([documentOf('a', { passages: [{ id: 'one', text: 'first' }] })]);
    const second = documentOf('b', { passages: [{ id: 'one', text: 'second' }] });
    await expect(collection.put([documentOf('c'), second])).rejects.toMatchObject({ code: 'bad_request' });
    const twice = documentOf('d', {
      passages: [
        { id: 'two', text: 'x' },
        { id: 'two', text: 'y' },
      ],
    });
    await expect(collection.put([twice])).rejects.toMatchObject({ code: 'bad_request' });
    expect(await collection.info()).toMatchObject({ documents: 1, passages: 1 });
  });

  it('finds words of other languages by their stems, and scores as the embedded store does', async () => {
    const collection = await open().create(pets);
    const german = 'Die Garantie gilt für zwei Jahre und ist nicht von der Rechnung abhängig. ';
    await collection.put([
      documentOf('de', { passages: [{ text: german }, { text: `${german}Rechnungen gehen an das Büro.` }] }),
      documentOf('ja', { passages: [{ text: '東京都の図書館は月曜日に休みです。' }] }),
    ]);
    const ids = async (text: string): Promise<readonly string[]> =>
      (await collection.search({ mode: 'lexical', text, k: 5 })).map(({ id }) => id);
    expect(await ids('Wem schicke ich eine Rechnung ins Buro?')).toEqual(['de#1', 'de#0']);
    expect(await ids('図書館')).toEqual(['ja#0']);
  });

  it('gives a large collection an approximate index, which finds what an exact comparison finds', async () => {
    const collection = await open({ indexFrom: 500 }).create({ ...pets, dimensions: 24 });
    const vectorOf = (seed: number): Float32Array =>
      Float32Array.from({ length: 24 }, (_, at) => Math.sin(seed * 12.9898 + at * 78.233 + seed * at));
    const passages = Array.from({ length: 600 }, (_, at) => ({ text: `p${at}`, vector: vectorOf(at + 1) }));
    await collection.put([documentOf('many', { passages })]);
    const indexes = await postgres.query(
      "SELECT indexname FROM pg_indexes WHERE schemaname = 'heddle_vectors' AND indexdef LIKE '%hnsw%'",
    );
    expect(indexes).toHaveLength(1);
    const cosine = (one: Float32Array, other: Float32Array): number => {
      const sum = (a: Float32Array, b: Float32Array): number => a.reduce((total, x, at) => total + x * (b[at] ?? 0), 0);
      return sum(one, other) / Math.sqrt(sum(one, one) * sum(other, other));
    };
    let found = 0;
    for (let question = 0; question < 10; question += 1) {
      const asked = vectorOf(1_000 + question);
      const exact = passages
        .map(({ vector }, at) => ({ id: `many#${at}`, score: cosine(asked, vector) }))
        .sort((a, b) => b.score - a.score)
        .slice(0, 10)
        .map(({ id }) => id);
      const got = await collection.search({ mode: 'dense', vector: asked, k: 10 });
      found += got.filter(({ id }) => exact.includes(id)).length;
    }
    expect(found).toBeGreaterThanOrEqual(99);
  });

  it('ignores collections in other schemas', async () => {
    await open().create(pets);
    const other = createPgvectorStore({ url: postgres.url, connections: 1, schema: 'other' });
    // The server of this test has one session.
    await stores[0]?.close();
    expect([await other.list(), await other.drop('pets')]).toEqual([[], false]);
    await other.close();
    await postgres.query('DROP SCHEMA other CASCADE');
    expect((await open().list()).map(({ name }) => name)).toEqual(['pets']);
  });
});

describe('pgvector store without a usable server', () => {
  it.each(['http://x', 'postgres', ''])('refuses the address %j', (url) => {
    expect(() => createPgvectorStore({ url })).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
  });

  it('refuses an invalid name of a schema', () => {
    const options = { url: 'postgres://127.0.0.1:1/x', schema: 'x"; DROP TABLE y; --' };
    expect(() => createPgvectorStore(options)).toThrow(expect.objectContaining({ code: 'setting_invalid' }));
  });

  it('reports that no server answers, without the password, and retries at the next call', async () => {
    const store = createPgvectorStore({ url: 'postgres://me:canary@127.0.0.1:1/x' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error: unknown = await store.list().catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'vector_store_unreachable', retryable: true });
      expect(String(error)).not.toContain('canary');
    }
    await store.close();
  });

  it.each([
    ['28P01', 'password authentication failed', 'vector_store_unauthorized', false],
    ['42501', 'permission denied for schema', 'vector_store_unauthorized', false],
    ['0A000', 'extension "vector" is not available', 'vector_store_failed', false],
    ['42P01', 'relation does not exist', 'collection_not_found', false],
    ['57014', 'canceling statement due to statement timeout', 'vector_store_failed', true],
    ['53100', 'could not extend file', 'storage_full', true],
    ['40P01', 'deadlock detected', 'vector_store_failed', true],
    ['08006', 'connection failure', 'vector_store_failed', true],
    ['XX000', 'internal error', 'vector_store_failed', false],
  ])('turns %s (%s) into %s', (code, message, expected, retryable) => {
    const error = toPostgresError(Object.assign(new Error(message), { code }), { host: 'db', collection: 'pets' });
    expect(error).toMatchObject({ code: expected, retryable });
  });
});

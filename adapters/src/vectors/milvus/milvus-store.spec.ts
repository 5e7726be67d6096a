import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, type Filter } from '@heddle/core';
import { faulty, startFakeMilvus, usualAnswer, type FakeMilvus } from './__fixtures__/fake-milvus.js';
import { filterWhere, passageWhere, quoted } from './conditions.js';
import type { Message } from './connection.js';
import { fieldsOf, rowsIn, type Columns } from './columns.js';
import { loadLibrary } from './library.js';
import { createMilvusStore } from './milvus-store.js';
import { wellFormed } from '../well-formed.js';
import { joined, piecesOf } from './pieces.js';

const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('the address and the options of Milvus', () => {
  it.each([
    'milvus:19530',
    '',
    'ftp://x',
    'http://',
    'http://me:canary@host',
    'http://host:19530/v1',
    'http://host/?a=1',
  ])('refuses the address %j without repeating possible secrets', (url) => {
    const make = (): unknown => createMilvusStore({ url });
    expect(make).toThrow(code('setting_invalid'));
    expect(make).not.toThrow(/canary/);
  });

  it.each(['', '1x', 'with space', 'a"', `a${'x'.repeat(80)}`, 'a-b'])('refuses the prefix %j', (prefix) => {
    expect(() => createMilvusStore({ url: 'http://host', prefix })).toThrow(code('setting_invalid'));
  });

  it('refuses vectors above the limit of Milvus without a request', async () => {
    const store = createMilvusStore({ url: 'http://127.0.0.1:1' });
    const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
    const label = { level: 'internal', marks: [] } as const;
    const made = store.create({
      name: 'a',
      embedding: 'e',
      dimensions: 40_000,
      splitter,
      label: { ...label, marks: [] },
    });
    await expect(made).rejects.toMatchObject({ code: 'collection_dimensions' });
  });
});

describe('conditions for Milvus', () => {
  const hostile = [
    '" or pk != "',
    '"]) or (1 == 1',
    "' or 1=1 --",
    '\\" or position >= 0',
    '$meta["x"]',
    '\u0000',
    '%',
    '',
  ];

  it('contain no text of a user', () => {
    for (const text of hostile) {
      const filters: readonly Filter[] = [
        { op: 'eq', field: text, value: text },
        { op: 'in', field: text, value: [text, 1, true] },
        { op: 'gt', field: text, value: text },
        { op: 'not', filter: { op: 'exists', field: text } },
      ];
      for (const filter of filters) {
        const where = filterWhere({ op: 'and', filters: [filter, { op: 'or', filters: [filter, filter] }] });
        // Only our own names, digests in quotes, and the punctuation of lists.
        expect(where).toMatch(/^(?:\(|\)|not | and | or |array_contains_any\(fields, \[(?:"[\w-]{11,16}",?)+\]\))+$/);
      }
      expect(passageWhere({ documents: [text], id: text })).toMatch(
        /^document in \["[\w-]{16}"\] and passage == "[\w-]{16}"$/,
      );
    }
  });

  it('refuse a text with other characters, as a last defence', () => {
    for (const text of hostile.slice(0, 6)) expect(() => quoted(text)).toThrow(code('internal'));
  });

  it('push a negation to the values', () => {
    const has = (field: string): Filter => ({ op: 'exists', field });
    const where = filterWhere({
      op: 'not',
      filter: { op: 'and', filters: [has('a'), { op: 'not', filter: has('b') }] },
    });
    expect(where.replaceAll(/\["[^\]]*\]/g, '[]')).toBe(
      '((not array_contains_any(fields, [])) or array_contains_any(fields, []))',
    );
  });

  it('refuse too many levels, conditions and values', () => {
    const has: Filter = { op: 'exists', field: 'a' };
    let deep: Filter = has;
    for (let level = 0; level < 25; level += 1) deep = { op: 'not', filter: deep };
    const wide: Filter = {
      op: 'or',
      filters: Array.from({ length: 11 }, () => ({ op: 'or' as const, filters: Array<Filter>(100).fill(has) })),
    };
    const long: Filter = { op: 'in', field: 'a', value: Array.from({ length: 10_001 }, (_, at) => at) };
    for (const filter of [deep, wide, long]) expect(() => filterWhere(filter)).toThrow(code('filter_invalid'));
  });
});

describe('entities for Milvus', () => {
  it('are read back unchanged', async () => {
    const library = await loadLibrary();
    const columns: Columns = {
      pk: { kind: 'text', longest: 10 },
      number: { kind: 'number' },
      words: { kind: 'numbers', most: 5 },
      names: { kind: 'texts', most: 5, longest: 10 },
      terms: { kind: 'sparse' },
      vector: { kind: 'vector', length: 2 },
    };
    const rows = [
      {
        pk: 'a\u0000"é',
        number: 1_796_114_766_288,
        words: [4_294_967_294, 7],
        names: ['x', ''],
        terms: { indices: [0, 4_294_967_294], values: [0.5, 2] },
        vector: Float32Array.of(0.5, -1),
      },
      { pk: '', number: -3, words: [], names: [], terms: { indices: [9], values: [1] }, vector: Float32Array.of(0, 0) },
    ];
    const type = library.typeOf('milvus.proto.milvus.UpsertRequest');
    const bytes = type.encode(type.fromObject({ fields_data: fieldsOf(columns, rows) })).finish();
    const read: Message = type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true });
    expect(rowsIn(read['fields_data'])).toEqual(rows);
  });

  it('store long texts in pieces that end with whole characters', () => {
    for (const text of [
      '',
      'short',
      'x'.repeat(45_000),
      '\u{1F511}'.repeat(30_001),
      `a${'\u{1F511}'.repeat(20_000)}`,
    ]) {
      const pieces = piecesOf(text);
      expect(joined(pieces)).toBe(text);
      expect(pieces.every((piece) => Buffer.byteLength(piece) < 65_535 && wellFormed(piece) === piece)).toBe(true);
    }
  });
});

describe('Milvus when it is not well', () => {
  let fake: FakeMilvus;
  beforeEach(async () => {
    fake = await startFakeMilvus();
  });
  afterEach(async () => fake.close());

  const listed = async (options = {}): Promise<unknown> => {
    const store = createMilvusStore({ url: fake.url, ...options });
    try {
      return await store.list().catch((caught: unknown) => caught);
    } finally {
      await store.close();
    }
  };

  it('gets the token and the database with each call, or neither when they are not set', async () => {
    expect(await listed({ token: 'root:secret', database: 'mine' })).toEqual([]);
    expect(await listed()).toEqual([]);
    expect(fake.seen.map(({ method, authorization, database }) => [method, authorization, database])).toEqual([
      ['GetVersion', Buffer.from('root:secret').toString('base64'), 'mine'],
      ['ShowCollections', Buffer.from('root:secret').toString('base64'), 'mine'],
      ['GetVersion', undefined, undefined],
      ['ShowCollections', undefined, undefined],
    ]);
  });

  it.each([
    [{ grpc: 16, details: 'auth check failure, please check api key is correct' }, 'vector_store_unauthorized', false],
    [{ grpc: 7, details: 'permission deny' }, 'vector_store_unauthorized', false],
    [{ grpc: 12, details: 'unknown service' }, 'vector_store_failed', false],
    [{ grpc: 14, details: 'no connection' }, 'vector_store_unreachable', true],
    [{ grpc: 8, details: 'too many requests' }, 'vector_store_failed', true],
    [faulty('ShowCollections', 65_535, 'out of luck'), 'vector_store_failed', false],
    [faulty('ShowCollections', 65_535, 'permission denied for user'), 'vector_store_unauthorized', false],
    [faulty('ShowCollections', 9, 'quota exceeded[reason=disk quota exceeded]'), 'storage_full', true],
    [{ status: { error_code: 1, reason: 'old way' } }, 'vector_store_failed', false],
  ])('turns the answer %j into %s', async (answer, wanted, retryable) => {
    fake.answer = (method) => (method === 'ShowCollections' ? answer : usualAnswer(method));
    expect(await listed({ token: 'canary' })).toMatchObject({
      code: wanted,
      retryable,
      message: expect.not.stringContaining('canary'),
    });
  });

  it.each([
    ['v2.4.9', 'vector_store_failed'],
    ['2.5.0', undefined],
    ['milvus_lite-3.2.2', undefined],
    ['master-abc', undefined],
  ])('checks the version %s', async (version, wanted) => {
    fake.answer = (method) => (method === 'GetVersion' ? { version } : usualAnswer(method));
    const found = await listed();
    expect(found instanceof HeddleError ? found.code : undefined).toBe(wanted);
  });

  it('retries when the server asks for a pause', async () => {
    let busy = 2;
    fake.answer = (method) => {
      busy -= 1;
      return busy >= 0 ? faulty(method, 8, 'rate limit exceeded') : usualAnswer(method);
    };
    expect(await listed()).toEqual([]);
    expect(fake.seen.map(({ method }) => method)).toEqual([
      'GetVersion',
      'GetVersion',
      'GetVersion',
      'ShowCollections',
    ]);
  });

  it('reports that no answer comes in time', async () => {
    fake.answer = () => undefined;
    expect(await listed({ timeoutMs: 200 })).toMatchObject({ code: 'vector_store_unreachable', retryable: true });
  });

  it('reports that no server listens, or another kind of server', async () => {
    const other: Server = createServer((_request, response) => response.end('hello'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const url of ['http://127.0.0.1:1', `http://127.0.0.1:${port}`])
      expect(await listed({ url, token: 'canary' })).toMatchObject({
        code: 'vector_store_unreachable',
        retryable: true,
      });
    other.closeAllConnections();
    other.close();
  });
});

const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
const entry = {
  embedding: 'e',
  dimensions: 2,
  splitter,
  label: { level: 'internal', marks: [] },
  createdAt: 1,
  tenant: 'heddle_c1_ab',
};
const names = JSON.stringify({ heddle: 1, changes: ['m'], collections: [['pets', entry]] });
const fieldNames = (...given: string[]): Message => ({ schema: { fields: given.map((name) => ({ name })) } });

/** Answers the calls that lead to the collection `pets`, and leaves all others to the test. */
const withPets =
  (rest: FakeMilvus['answer']): FakeMilvus['answer'] =>
  (method, request) => {
    const name = String(request['collection_name']);
    if (method === 'ShowCollections') return { collection_names: ['heddle_names_4', 'heddle_records', 'theirs'] };
    if (method === 'DescribeCollection')
      return name === 'heddle_names_4' ? fieldNames('pk', 'text_ab') : faulty(method, 100, 'collection not found');
    if (method === 'Query' && request['expr'] === 'pk in ["names:ab"]')
      return answerOf({ payload: { kind: 'texts', most: 1, longest: 1 } }, [{ payload: [names] }]);
    return rest(method, request);
  };

const answerOf = (columns: Columns, rows: Parameters<typeof fieldsOf>[1]): Message => ({
  fields_data: fieldsOf(columns, rows),
});

describe('a collection on Milvus', () => {
  let fake: FakeMilvus;
  beforeEach(async () => {
    fake = await startFakeMilvus();
  });
  afterEach(async () => fake.close());

  it('is loaded by the first call when the server has it only on disk', async () => {
    let isLoaded = false;
    fake.answer = withPets((method) => {
      if (method === 'LoadCollection') isLoaded = true;
      if (method === 'Query' && !isLoaded) return faulty(method, 101, 'collection not loaded');
      return method === 'Query'
        ? answerOf({ 'count(*)': { kind: 'number' } }, [{ 'count(*)': 0 }])
        : usualAnswer(method);
    });
    const store = createMilvusStore({ url: fake.url });
    const pets = await store.open('pets');
    expect(await pets.delete(['a'])).toBe(0);
    expect(fake.seen.filter(({ method }) => method === 'LoadCollection')).toHaveLength(1);
    await store.close();
  });

  it('ends an aborted search without waiting for the server', async () => {
    const controller = new AbortController();
    fake.answer = withPets((method) => {
      if (method !== 'Search') return usualAnswer(method);
      controller.abort();
      return undefined;
    });
    const store = createMilvusStore({ url: fake.url });
    const pets = await store.open('pets');
    const search = pets.search({ mode: 'dense', vector: Float32Array.of(1, 0), k: 1, signal: controller.signal });
    await expect(search).rejects.toMatchObject({ code: 'aborted' });
    await store.close();
  });

  it('shows no text without permission, even when the server drops the condition', async () => {
    const payload = JSON.stringify({
      kind: 'passage',
      id: 'p',
      document: 'd',
      title: 'T',
      position: 0,
      text: 'x',
      revision: 'r',
    });
    const columns: Columns = {
      pk: { kind: 'text', longest: 1 },
      readers: { kind: 'texts', most: 1, longest: 1 },
      payload: { kind: 'texts', most: 1, longest: 1 },
    };
    let list = ['*'];
    fake.answer = withPets((method, request) => {
      if (method === 'Search') return { results: { scores: [1], ids: { str_id: { data: ['k1'] } }, topks: [1] } };
      if (method !== 'Query') return usualAnswer(method);
      return String(request['expr']).startsWith('tenant')
        ? {}
        : answerOf(columns, [{ pk: 'k1', readers: list, payload: [payload] }]);
    });
    const store = createMilvusStore({ url: fake.url });
    const pets = await store.open('pets');
    const query = { mode: 'dense', vector: Float32Array.of(1, 0), k: 1, readers: ['user:ada'] } as const;
    expect(await pets.search(query)).toHaveLength(1);
    list = ['somebody'];
    expect(await pets.search(query)).toHaveLength(0);
    expect(await pets.search({ ...query, readers: ['*', 'somebody'] })).toHaveLength(0);
    await store.close();
  });

  it('removes old passages that a change of readers wrote back while another program replaced the document', async () => {
    const columns: Columns = { pk: { kind: 'text', longest: 1 }, revision: { kind: 'text', longest: 1 } };
    const all: Columns = {
      ...columns,
      document: { kind: 'text', longest: 1 },
      passage: { kind: 'text', longest: 1 },
      position: { kind: 'number' },
      fields: { kind: 'texts', most: 1, longest: 1 },
      words: { kind: 'numbers', most: 1 },
      terms: { kind: 'sparse' },
      payload: { kind: 'texts', most: 1, longest: 1 },
      vector: { kind: 'vector', length: 2 },
    };
    const passage = (revision: string) => ({
      pk: `k-${revision}`,
      revision,
      document: 'd',
      passage: 'p',
      position: 0,
      fields: ['f'],
      words: [1],
      terms: { indices: [1], values: [1] },
      payload: ['{}'],
      vector: Float32Array.of(1, 0),
    });
    let now = 'old';
    const mark: Columns = { name: { kind: 'text', longest: 1 }, number: { kind: 'number' } };
    const document = JSON.stringify({
      kind: 'document',
      document: 'd',
      title: 'T',
      mediaType: 't',
      hash: 'h',
      size: 1,
      passages: 1,
      updatedAt: 1,
    });
    fake.answer = withPets((method, request) => {
      const where = String(request['expr']);
      // Another program replaces the document between reading its passages and writing them.
      if (method === 'Upsert' && request['collection_name'] === entry.tenant) now = 'new';
      if (method !== 'Query') return usualAnswer(method);
      if (where.includes(':revision:')) return answerOf(mark, [{ name: now, number: 1 }]);
      if (where.includes(':document:'))
        return answerOf({ payload: { kind: 'texts', most: 1, longest: 1 } }, [{ payload: [document] }]);
      return request['collection_name'] === entry.tenant ? answerOf(all, [passage(now)]) : {};
    });
    const store = createMilvusStore({ url: fake.url });
    const pets = await store.open('pets');
    await pets.setReaders([{ document: 'd', readers: null }]);
    const written = fake.seen.filter(({ request }) => request['collection_name'] === entry.tenant);
    expect(
      written
        .map(({ method, request }) => [method, method === 'Delete' ? request['expr'] : ''])
        .filter(([m]) => m !== 'Query'),
    ).toEqual([
      ['Upsert', ''],
      ['Delete', 'pk in ["k-old"]'],
      ['Upsert', ''],
    ]);
    await store.close();
  });
});

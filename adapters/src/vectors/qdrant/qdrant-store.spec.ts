import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { labelOf, type VectorStore } from '@heddle/core';
import { documentOf, vectorStoreSuite } from '@heddle/core/testing';
import { checkRequest } from './__fixtures__/check-request.js';
import { createFakeQdrant } from './__fixtures__/fake-qdrant.js';
import { exchanges, hasRecordings, recorded } from './__fixtures__/recorded.js';
import { startStandIn, type Answer, type Asked, type StandIn } from './__fixtures__/stand-in.js';
import { createQdrantStore } from './qdrant-store.js';

// No test here speaks with a real server. The suite runs on a small Qdrant of our own; every request is checked against the
// real server's description, and its recorded replies are read, where ../shared/data/qdrant is on this machine.
const withRecordings = hasRecordings ? describe : describe.skip; // skipped: the recordings are not on this machine

const pets = {
  name: 'pets',
  embedding: 'tiny',
  dimensions: 8,
  splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
  label: labelOf('internal'),
} as const;

let open: StandIn[] = [];
const standIn = async (answer: (asked: Asked) => Answer): Promise<StandIn> => {
  const started = await startStandIn(answer);
  open.push(started);
  return started;
};
afterEach(async () => {
  await Promise.all(open.map(async (started) => started.close()));
  open = [];
});

describe('Qdrant store', () => {
  describe('on a small Qdrant', () => {
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
        await promise.run({ store, reopen: async () => createQdrantStore({ url: fake.url }) });

        expect(fake.violations).toEqual([]);
      });
    }

    it('fills a new generation beside the old one and switches in one request', async () => {
      const qdrant = createQdrantStore({ url: fake.url });
      const before = await qdrant.create(pets);
      await before.put([documentOf('old', { passages: [{ text: 'the old text' }] })]);

      const rebuild = await qdrant.rebuild({ ...pets, embedding: 'newer' });
      await rebuild.collection.put([documentOf('new', { passages: [{ text: 'the new text' }] })]);
      const during = await (await qdrant.open('pets')).documents();
      const asked = fake.asked.length;
      await rebuild.switch();

      expect(during.map(({ id }) => id)).toEqual(['old']);
      expect(fake.asked.slice(asked).map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /collections/aliases',
        'DELETE /collections/heddle_pets@1',
      ]);
      const after = await qdrant.open('pets');
      expect((await after.documents()).map(({ id }) => id)).toEqual(['new']);
      expect((await qdrant.list()).map(({ name, embedding }) => [name, embedding])).toEqual([['pets', 'newer']]);
    });

    it('starts over where making a collection was cut off before its name stood', async () => {
      await fetch(`${fake.url}/collections/heddle_pets@1`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ vectors: { dense: { size: 3, distance: 'Cosine' } } }),
      });

      await store.create(pets);

      expect((await (await store.open('pets')).info()).dimensions).toBe(8);
    });

    it('keeps names apart that differ in signs only', async () => {
      const names = ['a@1', 'a~401', 'a*1', 'a/1', 'a%401', 'ä 1'];
      for (const name of names) await store.create({ ...pets, name });

      expect((await store.list()).map(({ name }) => name).sort()).toEqual([...names].sort());
      expect(fake.asked.every(({ path }) => !/[*<>"|?\\\u0000]/.test(path))).toBe(true);
    });

    it('leaves collections of other prefixes alone', async () => {
      await store.create(pets);
      const other = createQdrantStore({ url: fake.url, prefix: 'other_' });

      expect(await other.list()).toEqual([]);
      expect(await other.drop('pets')).toBe(false);
    });

    it('refuses to order text that is no date, and says what to do', async () => {
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
      await expect(found('shelf', 'a')).rejects.toMatchObject({ code: 'filter_invalid' });
    });

    it('writes a large document in batches, its own point last', async () => {
      const collection = await store.create(pets);
      const asked = fake.asked.length;

      await collection.put([
        documentOf('long', { passages: Array.from({ length: 600 }, (_, index) => ({ text: `part ${index}` })) }),
      ]);

      const writes = fake.asked
        .slice(asked)
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

  describe('when the server is not well', () => {
    const list = async (url: string, more: { apiKey?: string; timeoutMs?: number } = {}) =>
      createQdrantStore({ url, ...more }).list();

    it('says that nothing answers', async () => {
      const gone = await startStandIn(() => undefined);
      await gone.close();

      await expect(list(gone.url)).rejects.toMatchObject({ code: 'vector_store_unreachable', retryable: true });
    });

    it('gives up on a slow server', async () => {
      const { url } = await standIn(() => undefined);

      await expect(list(url, { timeoutMs: 100 })).rejects.toMatchObject({
        code: 'vector_store_unreachable',
        message: expect.stringContaining('in time'),
      });
    });

    it('lets the caller go at a signal though the server is slow', async () => {
      const { url } = await standIn(({ method }) =>
        method === 'GET'
          ? { status: 200, body: { result: { config: { metadata: { heddle: 1, ...pets, createdAt: 1 } } } } }
          : undefined,
      );
      const collection = await createQdrantStore({ url }).open('pets');
      const controller = new AbortController();

      const running = collection.search({
        mode: 'dense',
        vector: new Float32Array(8).fill(1),
        k: 1,
        signal: controller.signal,
      });
      controller.abort();

      await expect(running).rejects.toMatchObject({ code: 'aborted' });
    });

    it('sends the key and tells that it was refused', async () => {
      const { url, asked } = await standIn(() => ({ status: 401, body: 'Invalid API key or JWT' }));

      await expect(list(url, { apiKey: 'wrong-key' })).rejects.toMatchObject({
        code: 'vector_store_unauthorized',
        message: expect.stringContaining('QDRANT_API_KEY'),
      });
      expect(asked[0]?.headers['api-key']).toBe('wrong-key');
    });

    it.each([
      [
        500,
        { status: { error: 'Service internal error: out of disk' }, time: 0 },
        { code: 'vector_store_failed', retryable: true, message: expect.stringContaining('out of disk') },
      ],
      [429, 'slow down', { code: 'vector_store_failed', retryable: true }],
      [
        400,
        { status: { error: 'Wrong input: no' }, time: 0 },
        { code: 'vector_store_failed', retryable: false, message: expect.stringContaining('Wrong input: no') },
      ],
      [502, '<html>Bad gateway</html>', { code: 'vector_store_failed', retryable: true }],
    ])('tells an answer %i with its reason', async (status, body, expected) => {
      const { url } = await standIn(() => ({ status, body }));

      await expect(list(url)).rejects.toMatchObject(expected);
    });

    it('refuses a collection that Heddle did not make', async () => {
      const { url } = await standIn(() => ({
        status: 200,
        body: { result: { config: { params: {} } }, status: 'ok', time: 0 },
      }));

      await expect(createQdrantStore({ url }).open('theirs')).rejects.toMatchObject({
        code: 'vector_store_failed',
        message: expect.stringContaining('not made by Heddle'),
      });
    });

    it('refuses an address that is none', () => {
      expect(() => createQdrantStore({ url: 'qdrant:6333' })).toThrow(
        expect.objectContaining({ code: 'setting_invalid' }),
      );
    });

    it('keeps a path before the API', async () => {
      const { url, asked } = await standIn(() => ({
        status: 200,
        body: { result: { aliases: [] }, status: 'ok', time: 0 },
      }));

      await createQdrantStore({ url: `${url}/behind/proxy/` }).list();

      expect(asked[0]?.path).toBe('/behind/proxy/aliases');
    });
  });

  withRecordings('by the recordings of a real server', () => {
    it('checks requests as the real server did', () => {
      const withBody = exchanges.filter(({ request }) => request.body !== undefined);
      const wronglyRefused = withBody.filter(
        ({ request, response }) =>
          response.status === 200 && checkRequest(request.method, request.path, request.body).length > 0,
      );
      const formErrors = withBody.filter(
        ({ response }) => response.status === 422 || JSON.stringify(response.body).includes('Format error'),
      );
      const wronglyAccepted = formErrors.filter(
        ({ request }) => checkRequest(request.method, request.path, request.body).length === 0,
      );

      expect(wronglyRefused.map(({ name }) => name)).toEqual([]);
      expect(formErrors.length).toBeGreaterThan(4);
      expect(wronglyAccepted.map(({ name }) => name)).toEqual([]);
    });

    const reply = (name: string): Answer => {
      const { status, body } = recorded(name).response;
      return { status, body };
    };

    /** The recorded reply with our payloads in the place of the recording's own. */
    const replyWith = (name: string, payload: object): Answer => {
      const { status, body } = recorded(name).response;
      const { result, ...rest } = body as { result: { points: object[] } };
      return {
        status,
        body: { ...rest, result: { ...result, points: result.points.map((point) => ({ ...point, payload })) } },
      };
    };

    const passage = { kind: 'passage', id: 'p', document: 'd', title: 'T', position: 0, text: 'Text', revision: 'r' };
    const info = (): Answer => {
      const { status, body } = recorded('collection info').response;
      const { result } = body as { result: { config: object } };
      return {
        status,
        body: {
          result: { ...result, config: { ...result.config, metadata: { heddle: 1, ...pets, createdAt: 1 } } },
          status: 'ok',
          time: 0.001,
        },
      };
    };

    const kinds: readonly (readonly [pattern: RegExp, answer: (asked: Asked) => Answer])[] = [
      [/^GET \/aliases$/, () => ({ status: 200, body: { result: { aliases: [] }, status: 'ok', time: 0.001 } })],
      [/^POST \/collections\/aliases$/, () => reply('alias: create')],
      [/^GET \/collections\/[^/]+$/, info],
      [/^PUT \/collections\/[^/]+$/, () => reply('create collection: dense + bm25 sparse with idf')],
      [/^DELETE \/collections\/[^/]+$/, () => reply('delete collection: missing')],
      [/^PUT .*\/index$/, () => reply('payload index: keyword document')],
      [/^PUT .*\/points$/, () => reply('upsert: server-side bm25 inference of a document')],
      [/^POST .*\/points\/delete$/, () => reply('delete points by document')],
      [/^POST .*\/points\/count$/, () => reply('count by document')],
      [
        /^POST .*\/points\/query$/,
        ({ body }) =>
          replyWith(
            JSON.stringify(body).includes('prefetch')
              ? 'query: hybrid rrf with k and weights'
              : JSON.stringify(body).includes('qdrant/bm25')
                ? 'query: lexical by server-side bm25'
                : 'query: dense',
            passage,
          ),
      ],
      [
        /^POST .*\/points\/scroll$/,
        ({ body }) => ({
          status: 200,
          body: { result: { points: [], next_page_offset: null }, status: 'ok', time: 0.001, echo: body },
        }),
      ],
    ];

    const recordedServer = async (): Promise<StandIn> =>
      standIn(
        (asked) =>
          kinds.find(([pattern]) => pattern.test(`${asked.method} ${asked.path}`))?.[1](asked) ?? {
            status: 404,
            body: '',
          },
      );

    it('makes, fills, searches and empties a collection', async () => {
      const { url, violations } = await recordedServer();
      const collection = await createQdrantStore({ url }).create(pets);
      const vector = new Float32Array(8).fill(0.5);

      await collection.put([documentOf('d', { passages: [{ text: 'Text' }] })]);
      const dense = await collection.search({ mode: 'dense', vector, k: 3 });
      const lexical = await collection.search({ mode: 'lexical', text: 'vacation days', k: 3 });
      const hybrid = await collection.search({
        mode: 'hybrid',
        vector,
        text: 'vacation days',
        k: 3,
        filter: { op: 'in', field: 'label', value: ['public', 3, 4.5] },
      });
      const deleted = await collection.delete(['d']);

      expect(dense.map(({ score }) => score)).toEqual([1, 0.71798754, 0.39522946]);
      expect(dense[0]).toMatchObject({
        id: 'p',
        document: 'd',
        title: 'T',
        text: 'Text',
        collection: 'pets',
        scores: { dense: 1 },
      });
      expect(lexical[0]?.scores).toEqual({ lexical: 4.268535 });
      expect(hybrid[0]?.scores?.fused).toBe(0.03177689);
      expect(deleted).toBe(2);
      expect(violations).toEqual([]);
    });

    it.each([
      ['api key: none', 'vector_store_unauthorized'],
      ['api key: wrong', 'vector_store_unauthorized'],
      ['api key: read-only writes', 'vector_store_unauthorized'],
      ['query: missing collection', 'collection_not_found'],
      ['query: wrong dimension', 'vector_store_failed'],
      ['filter: unknown condition', 'vector_store_failed'],
      ['query: limit 0', 'vector_store_failed'],
    ])('reads the recorded error "%s"', async (name, code) => {
      const { url } = await standIn((asked) => (asked.method === 'GET' ? info() : reply(name)));
      const collection = await createQdrantStore({ url }).open('pets');

      await expect(
        collection.search({ mode: 'dense', vector: new Float32Array(8).fill(1), k: 1 }),
      ).rejects.toMatchObject({ code });
    });
  });
});

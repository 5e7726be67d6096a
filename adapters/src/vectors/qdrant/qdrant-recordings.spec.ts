import { describe, expect, it } from '@jest/globals';
import { documentOf } from '@heddle/core/testing';
import { checkRequest } from './__fixtures__/check-request.js';
import { pets } from '../__fixtures__/pets.js';
import { exchanges, hasRecordings, recorded } from './__fixtures__/recorded.js';
import { standInsOfTests, type Answer, type Asked, type StandIn } from './__fixtures__/stand-in.js';
import { createQdrantStore } from './qdrant-store.js';

// No test here uses a real server: every request is checked against the description of the real server, and its recorded replies are read,
// where ../shared/data/qdrant exists on this machine.
const withRecordings = hasRecordings ? describe : describe.skip; // Skipped when the recordings are not on this machine.

const standIn = standInsOfTests();

withRecordings('Qdrant store by the recordings of a real server', () => {
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

  /** The recorded reply with our payloads. */
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

    await expect(collection.search({ mode: 'dense', vector: new Float32Array(8).fill(1), k: 1 })).rejects.toMatchObject(
      { code },
    );
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { GraphEntitiesReply, GraphEntityReply, GraphEstimate, GraphState, Lab } from '@heddle/core';
import { MemoryWorld } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lentCollection } from '../../authority/lent-collection.js';
import type { Shown } from '../../security/testing/two-projects.js';
import { startModelServer, type TestModelServer } from '../../testing/test-model-server.js';
import { openGraphHouse, type GraphHouse } from './testing/graph-house.js';

const texts = [
  { id: 'film', content: 'The film Harbour was made by VERA in 1950.' },
  { id: 'vera', content: 'VERA was born in LOWTOWN.' },
  { id: 'pay', content: 'EVE earns nine.' },
];

describe('a knowledge graph, through the API', () => {
  const world = new MemoryWorld();
  let house: GraphHouse;
  let far: TestModelServer;
  let owner: Shown;
  let runner: Shown;
  let name = '';
  let made = 0;

  const at = (path = ''): string => `/api/collections/${name}/graph${path}`;
  const call = (method: string, path: string, body?: object, who = owner, project = house.alpha) =>
    house.call(who, method, path, body, project);
  const code = ({ body }: { readonly body: unknown }): unknown => (body as { error?: { code: string } }).error?.code;
  const state = async (who = owner): Promise<GraphState> =>
    GraphState.parse((await call('GET', at(), undefined, who)).body);
  const set = (model: string, who = owner, more: object = {}) =>
    call('PUT', at(), { options: { model, ...more } }, who);
  const ended = (jobId: unknown) => house.ended(jobId);
  const settled = async (): Promise<GraphState> => {
    await house.settled(name);
    return state();
  };
  const entities = async (who = owner, query = ''): Promise<readonly string[]> =>
    GraphEntitiesReply.parse((await call('GET', at(`/entities?query=${query}`), undefined, who)).body).entities.map(
      ({ id }) => id,
    );

  beforeAll(async () => {
    const found = { entities: [{ name: 'VERA', type: 'person' }], relations: [] };
    far = await startModelServer([() => Promise.resolve(JSON.stringify(found))]);
    house = await openGraphHouse(world);
    ({ owner } = house);
    runner = house.person({ [house.alpha]: ['runner'] });
    await house.connect(far.baseUrl);
  });
  beforeEach(async () => {
    name = `notes-${(made += 1)}`;
    await house.collection(name, texts);
    far.requests.length = 0;
  });
  afterAll(async () => {
    await house.close();
    await far.close();
  });

  it('is set up, filled, searched, shown and removed, and each step is recorded', async () => {
    expect(await state()).toMatchObject({ documents: 3, missing: 0, entities: 0 });
    const missing = [
      await call('POST', at('/fill')),
      await call('DELETE', at()),
      await call('GET', at('/entities')),
      await call('GET', at('/entity?id=vera')),
    ];
    expect(missing.map((reply) => [reply.status, code(reply)])).toEqual(missing.map(() => [404, 'graph_missing']));
    const estimate = await call('POST', at('/estimate'), { options: { model: 'far/one' } });
    expect(GraphEstimate.parse(estimate.body)).toMatchObject({ documents: 3, passages: 3, isLocal: false });
    const { status, body } = await set('marker');
    expect(status).toBe(202);
    expect(await ended(body['jobId'])).toMatchObject({ kind: 'graph', subject: name, status: 'done' });
    expect(await state()).toMatchObject({ options: { model: 'marker' }, missing: 0, failures: [] });
    expect(await entities()).toEqual(['vera', 'eve', 'film', 'lowtown', 'pay']);
    expect(await entities(owner, 'LOW')).toEqual(['lowtown']);
    expect(GraphEntityReply.parse((await call('GET', at('/entity?id=lowtown'))).body)).toMatchObject({
      entity: { name: 'LOWTOWN', type: 'person', passages: 1 },
      mentions: [{ document: 'vera' }],
      neighbours: [{ id: 'vera', shared: 1 }],
    });
    expect(code(await call('GET', at('/entity?id=none')))).toBe('graph_missing');
    const search = (graphWeight?: number) =>
      call('POST', `/api/collections/${name}/search`, { query: 'Who made Harbour?', k: 3, graphWeight });
    const linked = (await search(0.5)).body['results'] as { document: string; linkedBy?: string[] }[];
    expect(linked.find(({ document }) => document === 'vera')?.linkedBy).toEqual(['VERA']);
    expect(JSON.stringify((await search()).body)).not.toContain('linkedBy');
    expect((await call('POST', at('/fill'))).status).toBe(202);
    await settled();
    expect((await call('DELETE', at())).status).toBe(204);
    expect(await state()).not.toHaveProperty('options');
    const { body: audit } = await call('GET', '/api/audit?kind=collection&limit=50');
    for (const step of ['knowledge graph set', 'knowledge graph continued', 'knowledge graph removed'])
      expect(JSON.stringify(audit)).toContain(step);
  });

  it('is set up only by callers who may write the collection, use the model and spend', async () => {
    const narrow = house.key(house.alpha, { permissions: ['collection:write', 'collection:read'] });
    for (const who of [runner, narrow]) {
      const replies = [await set('far/one', who), await call('POST', at('/estimate'), { options: { model: 'far/one' } }, who)]; // prettier-ignore
      expect(replies.map(({ status }) => status)).toEqual([403, 403]);
    }
    for (const [method, path] of [
      ['POST', at('/fill')],
      ['DELETE', at()],
    ] as const)
      // prettier-ignore
      expect((await call(method, path, undefined, runner)).status).toBe(403);
    const theirs = house.key(house.beta);
    for (const [method, path, body] of [
      ['GET', at()],
      ['PUT', at(), { options: { model: 'marker' } }],
      ['POST', at('/estimate'), { options: { model: 'marker' } }],
      ['POST', at('/fill')],
      ['DELETE', at()],
      ['GET', at('/entities')],
      ['GET', at('/entity?id=vera')],
    ] as const)
      expect((await call(method, path, body, theirs, house.beta)).status).toBe(404);
    expect(await state()).not.toHaveProperty('options');
    // By default, a key may only call published versions.
    const calling = house.key(house.alpha);
    expect([(await set('marker', calling)).status, (await call('GET', at(), undefined, calling)).status]).toEqual([403, 403]); // prettier-ignore
    const ours = house.key(house.alpha, { permissions: ['collection:write', 'collection:read', 'run:document'] });
    expect((await set('marker', ours)).status).toBe(202);
    expect((await settled()).missing).toBe(0);
    expect((await call('GET', at('/entities'), undefined, runner)).status).toBe(200);
  });

  it('is refused for a model of another kind, an unknown one, and one that may not read the documents', async () => {
    expect(code(await set('moods'))).toBe('model_wrong_kind');
    expect(code(await set('fake'))).toBe('model_wrong_kind');
    expect(code(await set('none/one'))).toBe('connection_not_found');
    expect((await call('PUT', at(), { options: { model: 'marker', types: [] } })).status).toBe(400);
    name = 'secret';
    await house.server.heddle.collections.create({ name, embedding: 'fake', label: 'confidential' });
    house.server.heddle.ownership.assign('collection', name, house.alpha);
    expect(code(await set('far/one'))).toBe('label_refused');
    expect(far.requests).toEqual([]);
  });

  it('follows imports and sources, and its calls are charged to the project', async () => {
    await set('far/one');
    expect(await settled()).toMatchObject({ missing: 0, failures: [] });
    expect(far.requests).toHaveLength(3);
    const { body: audit } = await call('GET', '/api/audit?kind=model-call&limit=5');
    expect(JSON.stringify(audit)).toContain(`collection:${name}`);
    expect(JSON.stringify(audit)).toContain('"path":"graph"');
    const added = { documents: [{ id: 'more', text: 'VERA again.' }] };
    expect((await call('POST', `/api/collections/${name}/documents`, added)).status).toBe(202);
    expect(await settled()).toMatchObject({ documents: 4, missing: 0 });
    expect(far.requests).toHaveLength(4);
    world.write('from-source', 'VERA from afar.');
    const source = { id: 'mem', kind: 'memory', title: 'Memory', config: {} };
    expect((await call('POST', `/api/collections/${name}/sources`, source)).status).toBe(201);
    while ((await settled()).documents < 5) await wait(10);
    expect(await settled()).toMatchObject({ documents: 5, missing: 0 });
    const vera = GraphEntityReply.parse((await call('GET', at('/entity?id=vera'))).body);
    expect(vera.mentions.map(({ document }) => document)).toContain('more');
  });

  it('is an axis of a lab when it exists, and can only be searched in a project to which it is granted', async () => {
    const dataset = String((await call('POST', '/api/datasets', { name: 'Questions' })).body['id']);
    const questions = Array.from({ length: 6 }, (_, number) => `Where was the maker of Harbour ${number} born?`);
    const rows = questions.map((question) => ({ inputs: { question }, references: [{ document: 'vera' }] }));
    await call('POST', `/api/datasets/${dataset}/rows`, { set: rows });
    const path = `/api/datasets/${dataset}/labs`;
    const request = { collection: name, grid: { graphWeight: [0, 0.5] }, race: false, questions: 5 };
    expect(code(await call('POST', path, request))).toBe('lab_invalid');
    await set('marker');
    await settled();
    const begun = Lab.parse((await call('POST', path, request)).body);
    for (;;) {
      const lab = Lab.parse((await call('GET', `${path}/${begun.id}`)).body);
      if (lab.status === 'running') await wait(20);
      else {
        const weights = lab.report.configurations.map(({ search }) => search.graphWeight);
        expect([lab.status, weights]).toEqual(['done', [undefined, 0.5]]);
        break;
      }
    }
    const collection = await (await house.server.heddle.parts.collections.get()).open(name);
    const lent = lentCollection(collection);
    expect(await lent.graph?.options()).toEqual({ model: 'marker' });
    expect((await lent.graph?.entity('vera'))?.entity.passages).toBe(2);
    await expect(lent.graph?.set(undefined)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(lent.graph?.without(() => new Set()).fill()).rejects.toMatchObject({ code: 'forbidden' });
    const found = await lent.search({ query: 'Who made Harbour?', k: 3, graphWeight: 0.5 });
    expect(found.some(({ linkedBy }) => linkedBy?.includes('VERA'))).toBe(true);
  });

  it('shows nothing from documents that the caller may not read, or that are deleted', async () => {
    await set('marker');
    await settled();
    await call('PUT', `/api/collections/${name}/documents/pay/readers`, { readers: [] });
    expect(await entities(runner)).toEqual(['vera', 'film', 'lowtown']);
    expect(code(await call('GET', at('/entity?id=eve'), undefined, runner))).toBe('graph_missing');
    expect(await state(runner)).toMatchObject({ documents: 2, entities: 3 });
    await call('DELETE', `/api/collections/${name}/documents?document=vera`);
    expect(await entities(runner)).toEqual(['film', 'vera']);
    const body = { query: 'VERA', k: 9, graphWeight: 1 };
    const { results } = (await call('POST', `/api/collections/${name}/search`, body)).body;
    expect(JSON.stringify(results)).not.toContain('LOWTOWN');
  });
});

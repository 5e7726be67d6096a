import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import {
  GraphEntitiesReply,
  GraphEntityReply,
  GraphEstimate,
  GraphState,
  HeddleError,
  JobReply,
  Lab,
  type Classifier,
  type Graphs,
  type ModelHub,
} from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer, createMemorySource, MemoryWorld } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lentCollection } from '../../authority/lent-collection.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import { startModelServer, type TestModelServer } from '../../testing/test-model-server.js';

const here = { name: 'here', clearance: 'restricted', isLocal: true } as const;
/** Marks words in capitals as people. */
const marker: Classifier = {
  id: 'marker',
  labels: ['PERSON', 'DATE'],
  destination: here,
  classify: () => Promise.resolve([]),
  tag: (texts) =>
    Promise.resolve(
      texts.map((text) =>
        [...text.matchAll(/[A-Z]{3,}|\d+/g)].map(({ 0: name, index }) => ({
          start: index,
          end: index + name.length,
          label: /\d/.test(name) ? 'DATE' : 'PERSON',
          score: 0.9,
        })),
      ),
    ),
};
const moods: Classifier = { id: 'moods', labels: ['good'], destination: here, classify: () => Promise.resolve([]) };
const wrongKind = (id: string) => Promise.reject(new HeddleError('model_wrong_kind', `'${id}' is of another kind.`));
const texts = [
  { id: 'film', content: 'The film Harbour was made by VERA in 1950.' },
  { id: 'vera', content: 'VERA was born in LOWTOWN.' },
  { id: 'pay', content: 'EVE earns nine.' },
];

describe('a knowledge graph, through the API', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-graph-api-'));
  const parser = createDocuments();
  const world = new MemoryWorld();
  let house: TwoProjects;
  let far: TestModelServer;
  let owner: Shown;
  let runner: Shown;
  let store: ReturnType<typeof createEmbeddedStore>;
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
  const ended = async (jobId: unknown): Promise<JobReply> => {
    for (;;) {
      const job = JobReply.parse((await call('GET', `/api/jobs/${String(jobId)}`)).body);
      if (job.endedAt !== undefined) return job;
      await wait(10);
    }
  };
  /** Waits until no job of the collection runs. */
  const settled = async (): Promise<GraphState> => {
    for (;;) {
      const { jobs } = (await call('GET', '/api/jobs')).body as { jobs: JobReply[] };
      if (jobs.every(({ subject, endedAt }) => subject !== name || endedAt !== undefined)) return state();
      await wait(10);
    }
  };
  const entities = async (who = owner, query = ''): Promise<readonly string[]> =>
    GraphEntitiesReply.parse((await call('GET', at(`/entities?query=${query}`), undefined, who)).body).entities.map(
      ({ id }) => id,
    );

  beforeAll(async () => {
    const found = { entities: [{ name: 'VERA', type: 'person' }], relations: [] };
    far = await startModelServer([() => Promise.resolve(JSON.stringify(found))]);
    store = createEmbeddedStore({ file: join(folder, 'collections.db') });
    const embedder = async (id: string) => createFakeEmbedder({ id });
    // The models of the server, which is made after its collections.
    const graphsNow = (): Graphs => house.server.heddle.parts.graphs;
    const graphs: Graphs = {
      get store() {
        return graphsNow().store;
      },
      describe: (id) => graphsNow().describe(id),
      model: (collection, id) => graphsNow().model(collection, id),
    };
    const collections = createCollections({
      embedded: store,
      documents: parser,
      embedder,
      graphs,
      tokenizer: async () => createFakeTokenizer(),
    });
    const classifier = async (id: string) => (id === 'marker' ? marker : id === 'moods' ? moods : wrongKind(id));
    const models = { embedder, classifier, languageModel: wrongKind } as unknown as ModelHub;
    house = await openTwoProjects({ collections, models, sourceConnectors: [createMemorySource(world)] });
    const { alpha, beta } = house;
    owner = house.person({ [alpha]: ['owner'], [beta]: ['owner'] });
    runner = house.person({ [alpha]: ['runner'] });
    const { status } = await call('POST', '/api/connections', {
      id: 'far',
      kind: 'openai-compatible',
      attempts: 1,
      baseUrl: far.baseUrl,
      models: [{ name: 'one' }],
      clearance: 'internal',
    });
    expect(status).toBe(201);
  });
  beforeEach(async () => {
    name = `notes-${(made += 1)}`;
    await house.server.heddle.collections.create({ name, embedding: 'fake' });
    house.server.heddle.ownership.assign('collection', name, house.alpha);
    await house.server.heddle.collections.ingestNow(name, { documents: texts, sync: false }, {});
    far.requests.length = 0;
  });
  afterAll(async () => {
    await house.close();
    await far.close();
    await parser.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is set, filled, searched with, shown and removed, and each step is recorded', async () => {
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

  it('is set by those only who may write the collection, use the model and spend', async () => {
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
    // By default, a key calls published versions only.
    const calling = house.key(house.alpha);
    expect([(await set('marker', calling)).status, (await call('GET', at(), undefined, calling)).status]).toEqual([403, 403]); // prettier-ignore
    const ours = house.key(house.alpha, { permissions: ['collection:write', 'collection:read', 'run:document'] });
    expect((await set('marker', ours)).status).toBe(202);
    expect((await settled()).missing).toBe(0);
    expect((await call('GET', at('/entities'), undefined, runner)).status).toBe(200);
  });

  it('is refused for a model of another kind, one that is not there, and one that may not read the documents', async () => {
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

  it('follows imports and sources, and its calls are those of the project', async () => {
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

  it('is an axis of a lab where there is one, and lent to another project to be searched only', async () => {
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

  it('shows nobody what stands in documents that they may not read, or that are deleted', async () => {
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

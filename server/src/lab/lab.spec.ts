import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { HeddleError, Lab, LabSummariesReply, type Collections, type ModelHub } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel, createFakeTokenizer } from '@heddle/core/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { startModelServer } from '../testing/test-model-server.js';
import type { OwnCollections } from './lab-indexes.js';

const topics = ['tides', 'glaciers', 'looms', 'violins', 'comets', 'harbours', 'orchards', 'volcanoes'] as const;
const towns = ['Bergen', 'Lisbon', 'Kyoto', 'Quito', 'Accra'] as const;

/** Forty documents, each with a sentence of its own about a topic in a town. */
const documents = topics.flatMap((topic, at) =>
  towns.map((town, of) => ({
    id: `${topic}-${town}.md`,
    content: `# Notes\n\nThe ${topic} near ${town} were counted ${at * 10 + of + 100} times in spring. ${'They are old and well known. '.repeat(12)}`,
  })),
);
const questions = topics.flatMap((topic) =>
  towns.map((town) => ({
    inputs: { question: `How often were the ${topic} near ${town} counted?` },
    references: [{ document: `${topic}-${town}.md` }],
  })),
);

describe('a lab of a collection', () => {
  let house: TwoProjects;
  let owner: Shown;
  let stranger: Shown;
  let both: Shown;
  let dataset: string;
  const folder = mkdtempSync(join(tmpdir(), 'heddle-lab-'));
  const parser = createDocuments();
  const stores = new Set<ReturnType<typeof createEmbeddedStore>>();
  let embedded = 0;
  /** While it is set, the embedding of passages waits for it. */
  let held: Promise<void> | undefined;
  const embedder = async (id: string): ReturnType<ModelHub['embedder']> => {
    await Promise.resolve();
    const model = createFakeEmbedder({ id, dimensions: id === 'noise' ? 2 : 256 });
    return {
      ...model,
      embed: async (texts, options) => {
        if (options.kind === 'passage') embedded += texts.length;
        if (options.kind === 'passage') await held;
        return model.embed(texts, options);
      },
    };
  };
  /** Calls of the reranker, which prefers passages about the first town; `far/rank` is on another machine. */
  let reranked = 0;
  const reranker = async (id: string): ReturnType<ModelHub['reranker']> => ({
    id,
    destination: { name: id, clearance: 'restricted', isLocal: true },
    rerank: async (_query, texts) => {
      reranked += 1;
      return Promise.resolve(texts.map((text) => Number(text.includes('Bergen'))));
    },
  });
  /** Always writes about the same town. */
  const writer = createFakeLanguageModel(
    ({ messages: [asked] }) =>
      JSON.stringify(asked?.content).includes('general')
        ? 'What was counted near Bergen?'
        : 'The tides near Bergen were counted 100 times in spring.',
    { id: 'writer' },
  );
  const languageModel = async (id: string): ReturnType<ModelHub['languageModel']> => {
    const destination = { name: id, clearance: 'public', isLocal: true } as const;
    if (id === 'public-writer') return Promise.resolve({ ...writer, info: { ...writer.info, destination } });
    if (id !== 'writer') throw new HeddleError('model_unknown', `There is no model '${id}'.`);
    return Promise.resolve(writer);
  };
  const open = (file: string, wrap = embedder): Collections & Pick<OwnCollections, 'close'> => {
    const store = createEmbeddedStore({ file });
    stores.add(store);
    const tokenizer = () => Promise.resolve(createFakeTokenizer());
    return {
      ...createCollections({ embedded: store, documents: parser, embedder: wrap, tokenizer, reranker }),
      close: () => store.close(),
    };
  };

  const start = async (request: object, who = owner, project = house.alpha) =>
    house.call(who, 'POST', `/api/datasets/${dataset}/labs`, { collection: 'notes', ...request }, project);
  const ended = async (id: string): Promise<Lab> => {
    for (;;) {
      const lab = Lab.parse((await house.call(owner, 'GET', `/api/datasets/${dataset}/labs/${id}`)).body);
      if (lab.status !== 'running') return lab;
      await wait(20);
    }
  };

  beforeAll(async () => {
    const collections = open(join(folder, 'collections.db'));
    house = await openTwoProjects({
      collections,
      models: { embedder, reranker, languageModel } as unknown as ModelHub, // Only the methods that a lab uses.
      openCollections: (file, wrap) => Promise.resolve(open(file, async (id) => wrap(await embedder(id)))),
    });
    owner = house.person({ [house.alpha]: ['owner'] });
    stranger = house.person({ [house.beta]: ['owner'] });
    both = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
    for (const [name, project] of [
      ['notes', house.alpha],
      ['theirs', house.beta],
    ] as const) {
      await house.server.heddle.collections.create({ name, embedding: 'words' });
      house.server.heddle.ownership.assign('collection', name, project);
    }
    await house.server.heddle.collections.ingestNow('notes', { documents, sync: false }, {});
    const made = await house.call(owner, 'POST', '/api/datasets', { name: 'Questions' });
    dataset = String(made.body['id']);
    await house.call(owner, 'POST', `/api/datasets/${dataset}/rows`, {
      set: [
        ...questions,
        { inputs: { question: 'What?' } },
        { inputs: { question: 'Where?' }, references: [{ document: 'gone.md' }] },
      ],
    });
  });
  afterAll(async () => {
    await house.close();
    await parser.close();
    for (const store of stores) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('measures each configuration, stops clearly worse ones, and names the best one with its interval', async () => {
    const grid = { embedding: ['words', 'noise'], maxTokens: [32, 256], mode: ['hybrid', 'dense'] };
    const { status, body } = await start({ grid, metric: 'mrr' });
    expect([status, body]).toMatchObject([201, { status: 'running' }]);
    const lab = await ended(String(body['id']));
    expect([lab.status, lab.error]).toEqual(['done', undefined]);
    const { configurations, front, best, skipped } = lab.report;
    expect([lab.report.questions, skipped]).toEqual([40, 2]);
    expect(configurations.filter(({ status: one }) => one === 'waiting' || one === 'running')).toEqual([]);
    const noise = configurations.filter(({ index, search }) => index.embedding === 'noise' && search.mode === 'dense');
    expect(noise.map(({ status: one }) => one)).toEqual(['stopped', 'stopped']);
    expect(noise.every(({ questions: asked }) => asked === 25)).toBe(true);
    const [first] = configurations;
    expect(first).toMatchObject({ number: 1, status: 'done', questions: 40, search: { mode: 'hybrid' } });
    expect(first?.indexMs).toBeUndefined();
    expect(first?.means?.mrr).toBeGreaterThan(0.5);
    const short = configurations.find(({ index }) => index.splitter.maxTokens === 32);
    expect(short?.passages).toBeGreaterThan(40);
    expect(front.length).toBeGreaterThan(0);
    expect(best?.verdict).toMatch(/same|better|undecided/);
    // Stopped configurations answered too few questions to be compared.
    expect(lab.report.comparisons?.map(({ number }) => number)).toEqual(
      configurations.filter(({ status: one, number }) => one === 'done' && number !== 1).map(({ number }) => number),
    );
    const { labs } = LabSummariesReply.parse((await house.call(owner, 'GET', '/api/labs')).body);
    expect(labs).toMatchObject([
      {
        id: lab.id,
        dataset,
        datasetName: 'Questions',
        collection: 'notes',
        metric: 'mrr',
        questions: 40,
        status: 'done',
      },
    ]);
    expect(labs[0]?.configurations).toBe(configurations.length);
    expect((await house.call(stranger, 'GET', '/api/labs', undefined, house.beta)).body).toEqual({ labs: [] });
    // The indexes of the lab are removed, and no collection was added.
    expect(readdirSync(join(house.server.heddle.settings.dataFolder, 'labs'))).toEqual([]);
    expect((await house.server.heddle.collections.list()).map(({ name }) => name)).toEqual(['notes', 'theirs']);
  }, 90_000);

  it('measures rerankers, counts their calls, and does not change the search settings of the collection', async () => {
    const { status, body } = await start({ grid: { reranker: ['none', 'town'], candidates: [20] }, race: false });
    expect([status, body['error']]).toEqual([201, undefined]);
    const lab = await ended(String(body['id']));
    expect([lab.status, lab.error]).toEqual(['done', undefined]);
    const [plain, ranked] = lab.report.configurations;
    expect([plain?.rerankCalls, ranked?.rerankCalls, ranked?.cost]).toEqual([undefined, 40, undefined]);
    expect(reranked).toBe(40);
    expect(ranked?.means?.mrr).toBeLessThan(plain?.means?.mrr ?? 0);
    const { body: search } = await house.call(owner, 'GET', '/api/collections/notes/search-settings');
    expect(search).toEqual({ settings: {} });
    const set = { settings: { mode: 'dense', reranker: { model: 'town', candidates: 20, ifUnavailable: 'fail' } } };
    expect((await house.call(owner, 'PUT', '/api/collections/notes/search-settings', set)).status).toBe(200);
    const other = await ended(String((await start({ grid: { reranker: ['none'] }, race: false })).body['id']));
    expect(other.report.configurations[0]?.search).toMatchObject({ mode: 'dense', reranker: { model: 'town' } });
    const late = { settings: { diversity: 0.5 }, base: {} };
    expect(await house.call(owner, 'PUT', '/api/collections/notes/search-settings', late)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    });
    await house.call(owner, 'PUT', '/api/collections/notes/search-settings', { settings: {} });
  });

  it('measures rewriting, with one call of the model per question for all configurations', async () => {
    const grid = { mode: ['hybrid', 'lexical'], rewrite: ['none', 'hyde', 'stepback'], rewriter: ['writer'] };
    const { status, body } = await start({ grid, race: false });
    expect([status, body['error']]).toEqual([201, undefined]);
    const lab = await ended(String(body['id']));
    expect([lab.status, lab.error]).toEqual(['done', undefined]);
    expect(writer.requests).toHaveLength(80);
    const found = lab.report.configurations.map(({ search, rewriteCalls, means }) => ({
      name: `${search.mode} ${search.rewrite?.kind ?? ''}`.trim(),
      calls: rewriteCalls,
      mrr: means?.mrr ?? 0,
    }));
    expect(found.map(({ name, calls }) => [name, calls])).toEqual([
      ['hybrid', undefined],
      ['hybrid hyde', 40],
      ['hybrid stepback', 40],
      ['lexical', undefined],
      ['lexical hyde', 40],
      ['lexical stepback', 40],
    ]);
    // An imagined answer about one town finds few documents about the others; together with the question it loses less.
    for (const mode of ['hybrid', 'lexical']) {
      const of = (name: string): number => found.find((one) => one.name === name)?.mrr ?? 0;
      expect(of(`${mode} hyde`)).toBeLessThan(of(`${mode} stepback`));
      expect(of(`${mode} stepback`)).toBeLessThanOrEqual(of(mode));
    }
    expect(lab.report.costFront).toBeUndefined();
    // All questions are internal, so none may go to a model with the clearance public.
    const refused = await start({ grid: { rewrite: ['hyde'], rewriter: ['public-writer'] } });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'lab_invalid' } } });
    expect((refused.body['error'] as { message: string }).message).toContain('42 were skipped');
    expect(writer.requests).toHaveLength(80);
  }, 90_000);

  it('stops, and continues with the remaining questions', async () => {
    let release = (): void => undefined;
    held = new Promise((resolve) => (release = resolve));
    const { body } = await start({ grid: { maxTokens: [48], mode: ['hybrid', 'lexical'] } });
    const path = `/api/datasets/${dataset}/labs/${String(body['id'])}`;
    expect((await house.call(owner, 'POST', `${path}/resume`)).status).toBe(409);
    await house.call(owner, 'POST', `${path}/cancel`);
    release();
    held = undefined;
    expect((await ended(String(body['id']))).status).toBe('cancelled');
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    expect((await house.call(viewer, 'POST', `${path}/resume`)).status).toBe(403);
    expect(Lab.parse((await house.call(owner, 'POST', `${path}/resume`)).body).status).toBe('running');
    const lab = await ended(String(body['id']));
    expect([lab.status, lab.report.best === undefined]).toEqual(['done', false]);
    expect((await house.call(owner, 'POST', `${path}/resume`)).status).toBe(409);
    expect(readdirSync(join(house.server.heddle.settings.dataFolder, 'labs'))).toEqual([]);
  }, 90_000);

  it('uses the index of the collection when only the search differs', async () => {
    const before = embedded;
    const { body } = await start({ grid: { mode: ['hybrid', 'lexical'], weight: [0.2, 0.8] } });
    const lab = await ended(String(body['id']));
    expect(lab.report.configurations.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done']);
    expect(embedded).toBe(before);
  });

  it.each([
    ['nothing to compare', { grid: {} }, 422, 'lab_invalid'],
    ['a weight of a graph that is not there', { grid: { graphWeight: [0, 0.5] } }, 422, 'lab_invalid'],
    ['a reranker of a connection that is not there', { grid: { reranker: ['far/rank'] } }, 404, 'connection_not_found'],
    ['rewriting without a model', { grid: { rewrite: ['hyde'] } }, 422, 'lab_invalid'],
    [
      'a kind of rewriting that does not exist',
      { grid: { rewrite: ['rewrite'], rewriter: ['writer'] } },
      400,
      'bad_request',
    ],
    [
      'a model that rewrites at a connection that the project does not have',
      { grid: { rewrite: ['hyde'], rewriter: ['far/chat'] } },
      404,
      'connection_not_found',
    ],
    [
      'a model that rewrites and is not there',
      { grid: { rewrite: ['hyde'], rewriter: ['gone'] } },
      404,
      'model_unknown',
    ],
    ['a model of a connection', { grid: { embedding: ['far/embed'] } }, 422, 'lab_invalid'],
    ['a model that writes headers and is not there', { grid: { header: ['gone'] } }, 404, 'model_unknown'],
    ['too few questions', { grid: { mode: ['dense'] }, split: 'none' }, 422, 'lab_invalid'],
    [
      'a collection of another project',
      { collection: 'theirs', grid: { mode: ['dense'] } },
      404,
      'collection_not_found',
    ],
    ['a value that no splitter takes', { grid: { maxTokens: [1] } }, 400, 'bad_request'],
  ])('is refused for %s', async (_what, request, status, code) => {
    const reply = await start(request, both);
    expect([reply.status, (reply.body['error'] as { code: string }).code]).toEqual([status, code]);
  });

  it('names an id that ends with the id of the rows, but none of a document with readers', async () => {
    const { collections } = house.server.heddle;
    const record = (id: string, readers?: readonly string[]) => ({ id, content: 'A record of a file.', readers });
    const refusal = async (document: string): Promise<unknown> => {
      const row = (at: number) => ({
        inputs: { question: `Which is ${at}?` },
        references: [{ document }],
        split: document,
      });
      await house.call(owner, 'POST', `/api/datasets/${dataset}/rows`, { set: [1, 2, 3, 4, 5, 6].map(row) });
      const { body } = await start({ grid: { mode: ['dense', 'lexical'] }, split: document });
      return (body['error'] as { message: string }).message;
    };
    const given = [record('corpus.jsonl#17'), record('secret.jsonl#18', ['user:nobody'])];
    await collections.ingestNow('notes', { documents: given, sync: false }, {});
    expect(await refusal('17')).toContain(
      "no document '17', but 'corpus.jsonl#17': import the rows again and name 'corpus.jsonl#' as the beginning",
    );
    for (const id of ['18', '7'])
      expect(await refusal(id)).toMatch(new RegExp(`no document '${id}': compare this with the ids on its page\\.$`));
  });

  it('belongs to its project: others cannot see, start, cancel or remove it', async () => {
    const { body } = await start({ grid: { mode: ['lexical'] } });
    const id = String(body['id']);
    await ended(id);
    const path = `/api/datasets/${dataset}/labs`;
    const tries = [
      ['GET', path],
      ['POST', path, { collection: 'theirs', grid: { mode: ['dense'] } }],
      ['GET', `${path}/${id}`],
      ['POST', `${path}/${id}/cancel`],
      ['POST', `${path}/${id}/resume`],
      ['DELETE', `${path}/${id}`],
    ] as const;
    for (const [method, at, sent] of tries)
      expect([at, (await house.call(stranger, method, at, sent, house.beta)).status]).toEqual([at, 404]);
    expect((await house.call(owner, 'POST', `${path}/${id}/cancel`)).status).toBe(409);
    expect((await house.call(owner, 'DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await house.call(owner, 'GET', `${path}/${id}`)).status).toBe(404);
  });

  it('pays for a model of a connection once per question, and requires a limit', async () => {
    const away = await startModelServer(['The tides near Bergen were counted.']);
    const price = {
      model: 'chat',
      inputPerMillion: 1_000,
      outputPerMillion: 1_000,
      currency: 'USD',
      asOf: '2026-01-01',
    };
    const connection = { id: 'away', kind: 'openai-compatible', attempts: 1, models: [{ name: 'chat' }] };
    const made = { ...connection, baseUrl: away.baseUrl, prices: [price] };
    expect((await house.call(owner, 'POST', '/api/connections', made)).status).toBe(201);
    const grid = { mode: ['hybrid', 'lexical'], rewrite: ['hyde'], rewriter: ['away/chat'] };
    const codeOf = async (request: object): Promise<unknown> => {
      const { status, body } = await start(request);
      return [status, (body['error'] as { code: string } | undefined)?.code];
    };
    // About 40 × 290 tokens at 1,000 USD per million.
    expect(await codeOf({ grid })).toEqual([422, 'lab_invalid']);
    expect(await codeOf({ grid, maxCost: 11 })).toEqual([422, 'lab_invalid']);
    expect(away.requests).toHaveLength(0);
    const { body } = await start({ grid, maxCost: 12, race: false });
    const lab = await ended(String(body['id']));
    expect([lab.status, lab.error]).toEqual(['done', undefined]);
    expect(away.requests).toHaveLength(40);
    const [plain, ...rewritten] = lab.report.configurations;
    expect([plain?.cost, rewritten.map(({ rewriteCalls }) => rewriteCalls)]).toEqual([undefined, [40, 40]]);
    const costs = rewritten.map(({ cost }) => cost?.perThousand ?? 0);
    expect(costs[0]).toBeGreaterThan(0);
    expect(costs[0]).toBe(costs[1]);
    expect(lab.report.costFront).toContain(1);
    // Without the grant of the connection to its project, the same lab is refused.
    house.server.heddle.grants.set('connection', 'away', [house.beta]);
    expect(await codeOf({ grid, maxCost: 12 })).toEqual([404, 'connection_not_found']);
    expect(away.requests).toHaveLength(40);
    await away.close();
  }, 90_000);
});

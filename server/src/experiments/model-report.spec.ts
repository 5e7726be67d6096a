import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineNode,
  ExperimentReply,
  HeddleError,
  ModelCard,
  ModelReport,
  Text,
  type ModelHub,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { z } from 'zod';
import { until } from '../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { addDataset } from '../testing/reach/add-dataset.js';

const model = 'all-minilm-l6-v2';

const card = ModelCard.parse({
  id: model,
  title: 'MiniLM',
  kind: 'embed',
  runtime: 'onnx',
  summary: 'Of tests.',
  publisher: 'test',
  licence: 'Apache-2.0',
  use: 'Any.',
  format: 'onnx',
  contextTokens: 512,
  languages: ['en'],
  files: [{ role: 'weights', name: 'model.onnx', sources: ['file:/nowhere/model.onnx'] }],
});
const none = () => Promise.reject(new HeddleError('model_missing', 'Not here.'));
/** A hub with one model that cannot be called. */
const hub: ModelHub = {
  list: () => Promise.resolve([{ card, status: 'absent', bytes: 0 }]),
  card: () => card,
  add: none,
  pull: none,
  languageModel: none,
  embedder: none,
  reranker: none,
  classifier: none,
  tokenizer: none,
  hosts: () => [],
  watch: () => () => undefined,
  close: () => Promise.resolve(),
};

/** The questions below this limit get the right answer. */
let limit = 6;

/** A node that names a model and does not call it. */
const think = defineNode({
  type: 'think',
  version: 1,
  category: 'model',
  title: 'Think',
  summary: 'Of tests.',
  role: 'step',
  effects: ['model'],
  config: z.object({ model: z.string().default(model) }),
  inputs: { question: Text },
  outputs: { text: Text },
  references: ({ model: id }) => [{ kind: 'embedder', id, field: 'model' }],
  run({ inputs, context }) {
    context.report({ inputTokens: 1, outputTokens: 1, cost: 0.25, currency: 'USD' });
    return { text: Number(inputs.question) < limit ? 'right' : 'wrong' };
  },
});

const quiz: WorkflowDocument = {
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    think: { type: 'think', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'think.question' },
    { from: 'think.text', to: 'reply.answer' },
  ],
};

describe('the model card', () => {
  let house: TwoProjects;
  let owner: Shown;

  beforeEach(async () => {
    limit = 6;
    house = await openTwoProjects({ nodes: [...standardNodes, think], models: hub });
    owner = house.person({ [house.alpha]: ['owner'] });
    await house.server.heddle.grants.startIn('model', model, house.alpha);
  });
  afterEach(() => house.close());

  const experiment = async (label: 'internal' | 'confidential' = 'internal'): Promise<string> => {
    const { heddle } = house.server;
    const rows = Array.from({ length: 10 }, (_, at) => ({
      id: `n${at}`,
      inputs: { question: String(at) },
      expected: 'right',
      label,
    }));
    const dataset = await addDataset(heddle, { name: 'Numbers', project: house.alpha, rows });
    const body = {
      name: 'How good?',
      dataset,
      evaluators: [{ kind: 'exact', config: {} }],
      variants: [{ workflow: await house.workflow(house.alpha, quiz), version: 'draft' }],
    };
    const begun = await house.call(owner, 'POST', '/api/experiments', body, house.alpha);
    expect([begun.status, begun.body]).toEqual([201, expect.anything()]);
    const { id } = ExperimentReply.parse(begun.body);
    await until(async () => {
      const { body: reply } = await house.call(owner, 'GET', `/api/experiments/${id}`, undefined, house.alpha);
      return ExperimentReply.parse(reply).status === 'done' ? true : undefined;
    });
    await house.call(owner, 'GET', `/api/experiments/${id}/result`, undefined, house.alpha);
    return id;
  };
  const cardOf = async (who = owner, of = model, project = house.alpha): Promise<[number, unknown]> => {
    const { status, body } = await house.call(
      who,
      'GET',
      `/api/models/${encodeURIComponent(of)}/card`,
      undefined,
      project,
    );
    return [status, body];
  };

  it('shows the scores of each experiment, with intervals, rows, cost, and the time of measurement', async () => {
    expect(ModelReport.parse((await cardOf())[1])).toMatchObject({ id: model, results: [], hasMore: false });
    const id = await experiment('confidential');
    const { model: state, results } = ModelReport.parse((await cardOf())[1]);
    expect(state?.card.id).toBe(model);
    const exact = results.find(({ metric }) => metric.name === 'exact');
    expect(exact).toMatchObject({
      experiment: { id, name: 'How good?' },
      dataset: { name: 'Numbers', version: 1 },
      label: 'confidential',
      mean: 0.6,
      rows: 10,
      missing: 0,
    });
    expect(exact!.interval!.low).toBeGreaterThan(0.2);
    expect(exact!.interval!.high).toBeLessThan(1);
    expect(results.find(({ metric }) => metric.name === 'run.cost')).toMatchObject({
      mean: 0.25,
      interval: { low: 0.25, high: 0.25 },
    });
    expect(exact!.measuredAt).toBeGreaterThan(0);
  });

  it('shows only experiments that the reader may read, and no model without access', async () => {
    await experiment();
    const read = async (who: Shown): Promise<number> => ModelReport.parse((await cardOf(who))[1]).results.length;
    expect(await read(owner)).toBeGreaterThan(0);
    expect(await read(house.key(house.alpha, { permissions: ['model:read'] }))).toBe(0);
    expect(await read(house.key(house.alpha, { permissions: ['model:read', 'run:read'] }))).toBeGreaterThan(0);
    expect((await cardOf(house.key(house.alpha, { permissions: ['run:read'] })))[0]).toBe(403);
    const stranger = house.person({ [house.beta]: ['owner'] });
    expect((await cardOf(stranger, model, house.beta))[0]).toBe(404);
    expect((await cardOf(owner, 'nobody'))[0]).toBe(404);
    expect((await cardOf(owner, 'vendor/secret-model'))[0]).toBe(404);
    expect((await cardOf(owner, 'x'.repeat(3_000)))[0]).toBeGreaterThanOrEqual(400);
  });

  it('omits a removed experiment, and measures repeated rows again but lists them once', async () => {
    const id = await experiment();
    const before = ModelReport.parse((await cardOf())[1]).results;
    expect(before.find(({ metric }) => metric.name === 'exact')).toMatchObject({ mean: 0.6, rows: 10 });
    limit = 10;
    await house.call(owner, 'POST', `/api/experiments/${id}/again`, { rows: [8, 9] }, house.alpha);
    await until(async () => {
      const { body } = await house.call(owner, 'GET', `/api/experiments/${id}`, undefined, house.alpha);
      return ExperimentReply.parse(body).status === 'done' ? true : undefined;
    });
    await house.call(owner, 'GET', `/api/experiments/${id}/result`, undefined, house.alpha);
    const after = ModelReport.parse((await cardOf())[1]).results;
    expect(after.map(({ metric }) => metric.name).toSorted()).toEqual(
      before.map(({ metric }) => metric.name).toSorted(),
    );
    expect(after.find(({ metric }) => metric.name === 'exact')).toMatchObject({ mean: 0.8, rows: 10 });
    expect((await house.call(owner, 'DELETE', `/api/experiments/${id}`, undefined, house.alpha)).status).toBe(204);
    expect(ModelReport.parse((await cardOf())[1]).results).toEqual([]);
  });
});

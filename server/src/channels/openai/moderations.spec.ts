import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyProject, type Classifier, type WorkflowDocument } from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import OpenAI from 'openai';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import { hubOf } from '../testing/open-channels.js';

const moderates: WorkflowDocument = {
  heddle: 2,
  name: 'Moderates',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    check: { type: 'moderate', version: 1, config: { words: [{ category: 'secret', list: ['blue falcon'] }] } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'text', type: 'Text' },
          { name: 'verdict', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'asked.text', to: 'check.text' },
    { from: 'check.text', to: 'reply.text' },
    { from: 'check.verdict', to: 'reply.verdict' },
  ],
};

const echoes: WorkflowDocument = {
  ...moderates,
  name: 'Echoes',
  nodes: {
    asked: moderates.nodes['asked'] as WorkflowDocument['nodes'][string],
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [{ from: 'asked.text', to: 'reply.text' }],
};

const classifier: Classifier = {
  id: 'fake-classifier',
  labels: ['hate', 'violence'],
  destination: { name: 'local', clearance: 'restricted', isLocal: true },
  classify: (texts) =>
    Promise.resolve(texts.map((text) => ({ hate: text.includes('hate') ? 0.9 : 0.1, violence: 0.2 }))),
};

describe('/v1/moderations', () => {
  let house: TwoProjects;
  let workflow: string;
  let plain: string;
  let client: OpenAI;
  const guard = createFakeLanguageModel(({ messages }) =>
    JSON.stringify(messages).includes('bomb') ? 'unsafe\nS9' : 'safe',
  );
  beforeAll(async () => {
    house = await openTwoProjects({
      models: hubOf(guard, createFakeEmbedder({ dimensions: 8 }), classifier),
    });
    const { grants } = house.server.heddle;
    for (const id of ['fake', 'fake-classifier']) grants.set('model', id, [everyProject]);
    grants.set('model', 'fake-embedder', [everyProject]);
    workflow = (await house.published(house.alpha, moderates)).slug;
    plain = (await house.published(house.alpha, echoes)).slug;
    client = clientOf(house.key(house.alpha, { permissions: ['run:published', 'model:try'] }));
  });
  afterAll(() => house.close());

  const clientOf = ({ authorization = '' }: Shown): OpenAI =>
    new OpenAI({
      apiKey: authorization.replace('Bearer ', ''),
      baseURL: `${house.server.address}/v1`,
      maxRetries: 0,
    });

  it("judges texts with a workflow, by the workflow's rules", async () => {
    const { id, model, results } = await client.moderations.create({
      model: workflow,
      input: ['The loom hums.', 'It is a blue falcon. So be it.'],
    });
    expect([id, model]).toEqual([expect.stringMatching(/^modr-/), workflow]);
    expect(results).toEqual([
      { flagged: false, categories: {}, category_scores: {}, category_applied_input_types: {} },
      {
        flagged: true,
        categories: { secret: true },
        category_scores: { secret: 1 },
        category_applied_input_types: { secret: ['text'] },
      },
    ]);
  });

  it('judges a text with a classifier, and reports all categories with the highest score of a sentence', async () => {
    const { results } = await client.moderations.create({
      model: 'fake-classifier',
      input: 'I like tea. I hate coffee. I like milk.',
    });
    expect(results).toMatchObject([
      { flagged: true, categories: { hate: true, violence: false }, category_scores: { hate: 0.9, violence: 0.2 } },
    ]);
    const parts = [{ type: 'text' as const, text: 'I like tea.' }];
    const calm = await client.moderations.create({ model: 'fake-classifier', input: parts });
    expect(calm.results.map(({ flagged }) => flagged)).toEqual([false]);
  });

  it('judges a text with a guard model', async () => {
    const { results } = await client.moderations.create({ model: 'fake', input: ['A bomb.', 'A loom.'] });
    expect(results).toMatchObject([
      { flagged: true, categories: { S9: true }, category_scores: { S9: 1 } },
      { flagged: false, categories: {} },
    ]);
  });

  it.each([
    ['a model that is not there', { model: 'none', input: 'a' }, 404, 'model_unknown', null],
    ['none', { input: 'a' }, 400, 'bad_request', 'model'],
    ['a model that judges nothing', { model: 'fake-embedder', input: 'a' }, 422, 'model_wrong_kind', 'model'],
    ['no text', { model: 'fake', input: [] }, 400, 'bad_request', 'input'],
    [
      'a picture',
      { model: 'fake', input: [{ type: 'image_url', image_url: { url: 'x' } }] },
      400,
      'bad_request',
      'input',
    ],
  ])('refuses %s', async (_what, body, status, code, param) => {
    const refused = client.moderations.create(body as OpenAI.ModerationCreateParams);
    await expect(refused).rejects.toMatchObject({ status, code, param: param ?? null });
  });

  it('refuses a workflow without a verdict, and callers without the right', async () => {
    const judged = client.moderations.create({ model: plain, input: 'a' });
    await expect(judged).rejects.toMatchObject({ status: 400, param: 'model' });
    const stranger = clientOf(house.key(house.beta, { permissions: ['run:published'] }));
    for (const model of [workflow, 'fake'])
      await expect(stranger.moderations.create({ model, input: 'a' })).rejects.toMatchObject({
        status: expect.any(Number),
        code: expect.stringMatching(/model_unknown|forbidden/),
      });
    const nobody = client.withOptions({ apiKey: 'none' }).moderations.create({ model: 'fake', input: 'a' });
    await expect(nobody).rejects.toMatchObject({ status: 401 });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineNode,
  ExperimentReply,
  RouteTraining,
  RouteTrainingsReply,
  Text,
  textOf,
  type ModelHub,
  type WorkflowDocument,
} from '@heddle/core';
import { createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { z } from 'zod';
import { until } from '../../channels/testing/open-published.js';
import type { AnyJson } from '../../testing/any-json.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import { addDataset } from '../../testing/reach/add-dataset.js';

/** The behaviour of the judge, and how often it was called. */
const judge = { asked: 0, gate: undefined as Promise<void> | undefined, isBroken: false };

const answerNode = defineNode({
  type: 'answer',
  version: 1,
  category: 'data',
  title: 'Answer',
  summary: 'Of tests: the small model is wrong where a question is hard.',
  role: 'step',
  effects: [],
  config: z.object({ model: z.string().default('big') }),
  inputs: { question: Text },
  outputs: { text: Text },
  run: ({ config, inputs, context }) => {
    context.report({ inputTokens: 1, outputTokens: 1, cost: config.model === 'big' ? 0.01 : 0, currency: 'USD' });
    return { text: config.model === 'small' && inputs.question.includes('hard') ? 'wrong' : 'right' };
  },
});

const quiz: WorkflowDocument = {
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    answer: { type: 'answer', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'answer.question' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
};

const judgeModel = createFakeLanguageModel(
  (request) => {
    judge.asked += 1;
    if (judge.isBroken) return 'I do not know.';
    const [, a = '', b = ''] = /Answer A:\n<[^>]*>\n?([^<]*)<[\s\S]*Answer B:\n<[^>]*>\n?([^<]*)</.exec(
      textOf(request.messages.at(-1)?.content),
    ) ?? [undefined];
    const isA = a.includes('right');
    const isB = b.includes('right');
    return JSON.stringify({ reason: 'So it is.', winner: isA === isB ? 'tie' : isA ? 'A' : 'B' });
  },
  { id: 'judge', contextTokens: 100_000 },
);

/** Only the methods that experiments and trainings use. */
const models = {
  list: () => Promise.resolve([]),
  hosts: () => [],
  embedder: (id: string) => Promise.resolve(createFakeEmbedder({ id })),
  languageModel: async () => {
    await judge.gate;
    return judgeModel;
  },
  close: () => Promise.resolve(),
} as unknown as ModelHub;

describe('trainings of routes', () => {
  let house: TwoProjects;
  let owner: Shown;
  let workflow: string;

  beforeEach(async () => {
    Object.assign(judge, { asked: 0, gate: undefined, isBroken: false });
    house = await openTwoProjects({ nodes: [...standardNodes, answerNode], models });
    owner = house.person({ [house.alpha]: ['owner'] });
    workflow = await house.workflow(house.alpha, quiz);
  });
  afterEach(() => house.close());

  /** An experiment of `count` questions with both models; every third question is hard. */
  async function experiment(count: number): Promise<string> {
    const { heddle } = house.server;
    const rows = Array.from({ length: count }, (_, at) => ({
      id: `q${at}`,
      inputs: { question: at % 3 === 0 ? `hard proof number ${at % 7}` : `easy colour number ${at % 7}` },
      expected: 'right',
      label: 'internal' as const,
    }));
    const id = await addDataset(heddle, { name: 'Questions', project: house.alpha, rows });
    const body = {
      name: 'Models',
      dataset: id,
      variants: [{ workflow, version: 'draft', grid: { 'answer.model': ['big', 'small'] } }],
      evaluators: [{ kind: 'exact', config: {} }],
      concurrency: 16,
    };
    const reply = await house.call(owner, 'POST', '/api/experiments', body, house.alpha);
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
    return ExperimentReply.parse(reply.body).id;
  }
  const call = async (
    of: string,
    method: string,
    path: string,
    body?: unknown,
    who = owner,
  ): Promise<[number, AnyJson]> => {
    const reply = await house.call(who, method, `/api/experiments/${of}/route-trainings${path}`, body, house.alpha);
    return [reply.status, reply.body];
  };
  const begin = async (of: string, more: object = {}): Promise<RouteTraining> => {
    const request = { cheap: 'v2', strong: 'v1', by: { kind: 'metric', metric: 'exact' }, maxLoss: 10, ...more };
    const [status, reply] = await call(of, 'POST', '', request);
    expect([status, reply]).toEqual([201, expect.anything()]);
    return RouteTraining.parse(reply);
  };
  const ended = (of: string, { id }: RouteTraining): Promise<RouteTraining> =>
    until(async () => {
      const training = RouteTraining.parse((await call(of, 'GET', `/${id}`))[1]);
      return training.endedAt === undefined ? undefined : training;
    });

  it('learn from a metric, and propose a policy whose route nodes send hard requests to the strong model', async () => {
    const of = await experiment(150);
    const done = await ended(of, await begin(of));
    expect([done.status, done.error]).toEqual(['done', undefined]);
    const { policy, always, proposal, rows, skipped, isWithinLimit, cost } = done.result!;
    expect([rows, skipped, isWithinLimit]).toEqual([150, 0, true]);
    expect(policy.share).toBeGreaterThan(0.5);
    expect(policy.loss).toBe(0);
    expect(always.loss).toBeGreaterThan(20);
    expect(cost.policy).toBeLessThan(cost.strong / 2);
    const saved = await house.call(owner, 'PUT', '/api/policies/learned', proposal);
    expect([saved.status, saved.body.boundary.training]).toEqual([200, done.id]);
    const [, list] = await call(of, 'GET', '');
    expect(RouteTrainingsReply.parse(list).trainings).toEqual([done]);
  });

  it('let judges compare both answers in both orders, once per row, even across a restart', async () => {
    const of = await experiment(60);
    const by = { kind: 'judges', models: ['judge'] };
    let open = (): void => undefined;
    judge.gate = new Promise((resolve) => (open = resolve));
    const training = await begin(of, { by, maxLoss: 20 });
    const service = house.server.heddle.routeTrainings;
    await until(async () => ((await service.get(of, training.id)).status === 'judging' ? true : undefined));
    const stopped = service.stop();
    open();
    await stopped;
    expect((await service.get(of, training.id)).endedAt).toBeUndefined();
    const before = (await service.get(of, training.id)).judged;
    const { RouteTrainingService } = await import('./route-training.service.js');
    const { parts, evaluators } = house.server.heddle;
    const next = new RouteTrainingService({
      ...parts,
      trainings: parts.routing.trainings,
      store: parts.experiments,
      evaluators,
    });
    judge.asked = 0;
    next.start();
    const done = await until(async () => {
      const now = await next.get(of, training.id);
      return now.endedAt === undefined ? undefined : now;
    });
    expect([done.status, done.error, done.judged]).toEqual(['done', undefined, 60]);
    expect(judge.asked).toBe(2 * (60 - before));
    expect(done.result?.always.loss).toBeGreaterThan(15);
  });

  it('exclude requests whose answers could not be judged, and report when too few are left', async () => {
    const of = await experiment(60);
    judge.isBroken = true;
    const failed = await ended(of, await begin(of, { by: { kind: 'judges', models: ['judge'] } }));
    expect([failed.status, failed.error?.code]).toEqual(['failed', 'experiment_invalid']);
    expect(failed.error?.message).toContain('the answers of 0 requests could be compared');
  });

  it.each([
    [{ cheap: 'v9' }, "no variant 'v9'"],
    [{ cheap: 'v1' }, 'two different variants'],
    [{ by: { kind: 'metric', metric: 'run.ms' } }, 'a score or a check'],
    [{ embedding: 'far/model' }, 'a model of this machine'],
  ])('refuse %j', async (more, message) => {
    const of = await experiment(3);
    const request = { cheap: 'v2', strong: 'v1', by: { kind: 'metric', metric: 'exact' }, ...more };
    const [status, body] = await call(of, 'POST', '', request);
    expect([status, body.error.code]).toEqual([422, 'experiment_invalid']);
    expect(body.error.message).toContain(message);
  });

  it('belong to the project of their experiment, can be cancelled once, and are removed with it', async () => {
    const of = await experiment(60);
    await ended(of, await begin(of));
    const stranger = house.person({ [house.beta]: ['owner'] });
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    const [training] = RouteTrainingsReply.parse((await call(of, 'GET', ''))[1]).trainings;
    const path = `/${training!.id}`;
    expect((await call(of, 'GET', path, undefined, stranger))[0]).toBe(404);
    expect((await call(of, 'GET', path, undefined, viewer))[0]).toBe(200);
    expect((await call(of, 'POST', '', training!.request, viewer))[0]).toBe(403);
    expect((await call(of, 'POST', `${path}/cancel`))[1]).toMatchObject({ error: { code: 'conflict' } });
    const other = await experiment(3);
    expect((await call(other, 'GET', path))[0]).toBe(404);
    expect((await call(of, 'DELETE', path))[0]).toBe(204);
    expect((await call(of, 'GET', path))[0]).toBe(404);
    const audit = await house.call(owner, 'GET', `/api/audit?subject=experiment:${of}`, undefined, house.alpha);
    const steps = audit.body.records.map(({ details }: { details: { step: string } }) => details.step);
    expect(steps).toEqual(
      expect.arrayContaining(['experiment route training begun', 'experiment route training removed']),
    );
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineNode,
  ExperimentReply,
  ExperimentResult,
  ExperimentRowsReply,
  Text,
  Vector,
  type ComparisonTable,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { z } from 'zod';
import { until } from '../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { addDataset } from '../testing/reach/add-dataset.js';

/** The calls of the test nodes, and their behaviour. */
const state = {
  asked: [] as string[],
  edition: 'one',
  gives: (question: string): string => question,
  vector: (): Float32Array | number[] => [],
};

/** Searches a store that can change. */
const find = defineNode({
  type: 'find',
  version: 1,
  category: 'retrieval',
  title: 'Find',
  summary: 'Of tests.',
  role: 'step',
  effects: ['vectors', 'model'],
  config: z.object({}),
  inputs: { question: Text },
  outputs: { text: Text },
  run: ({ inputs }) => ({ text: `${inputs.question} in ${state.edition}` }),
});

/** Calls a model, which answers the same each time at temperature 0. */
const think = defineNode({
  type: 'think',
  version: 1,
  category: 'model',
  title: 'Think',
  summary: 'Of tests.',
  role: 'step',
  effects: ['model'],
  config: z.object({ temperature: z.number().default(0) }),
  inputs: { question: Text },
  outputs: { text: Text },
  isRepeatable: ({ temperature }) => temperature === 0,
  run({ inputs, context }) {
    state.asked.push(inputs.question);
    context.report({ inputTokens: 10, outputTokens: 5, cost: 0.5, currency: 'USD' });
    return { text: state.gives(inputs.question) };
  },
});

/** Computes a vector, which is the same each time. */
const embed = defineNode({
  type: 'embed-text',
  version: 1,
  category: 'model',
  title: 'Embed text',
  summary: 'Of tests.',
  role: 'step',
  effects: ['model'],
  config: z.object({}),
  inputs: { question: Text },
  outputs: { vector: Vector },
  isRepeatable: () => true,
  run({ inputs }) {
    state.asked.push(inputs.question);
    return { vector: state.vector() };
  },
});

/** Describes the vector that it gets. */
const describeVector = defineNode({
  type: 'describe-vector',
  version: 1,
  category: 'data',
  title: 'Describe a vector',
  summary: 'Of tests.',
  role: 'step',
  effects: [],
  config: z.object({ limit: z.number().default(5) }),
  inputs: { vector: Vector },
  outputs: { text: Text },
  run: ({ inputs }) => ({ text: inputs.vector.join(' ') }),
});

/** Answers correctly for questions below its limit. */
const answer = defineNode({
  type: 'answer',
  version: 1,
  category: 'data',
  title: 'Answer',
  summary: 'Of tests.',
  role: 'step',
  effects: [],
  config: z.object({ limit: z.number().default(5) }),
  inputs: { question: Text },
  outputs: { text: Text },
  run: ({ config, inputs }) => ({ text: Number.parseInt(inputs.question, 10) < config.limit ? 'right' : 'wrong' }),
});

const quiz = (temperature = 0): WorkflowDocument => ({
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    find: { type: 'find', version: 1, config: {} },
    think: { type: 'think', version: 1, config: { temperature } },
    answer: { type: 'answer', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'find.question' },
    { from: 'find.text', to: 'think.question' },
    { from: 'think.text', to: 'answer.question' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
});

const vectors: WorkflowDocument = {
  heddle: 2,
  name: 'Vectors',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    embed: { type: 'embed-text', version: 1, config: {} },
    answer: { type: 'describe-vector', version: 1, config: {} },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'embed.question' },
    { from: 'embed.vector', to: 'answer.vector' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
};

describe('results that runs of an experiment share', () => {
  let house: TwoProjects;
  let owner: Shown;

  beforeEach(async () => {
    Object.assign(state, { asked: [], edition: 'one', gives: (question: string) => question });
    house = await openTwoProjects({ nodes: [...standardNodes, find, think, answer, embed, describeVector] });
    owner = house.person({ [house.alpha]: ['owner'], [house.beta]: ['owner'] });
  });
  afterEach(() => house.close());

  const dataset = async (count: number, project = house.alpha): Promise<string> => {
    const { heddle } = house.server;
    const rows = Array.from({ length: count }, (_, at) => ({
      id: `n${at}`,
      inputs: { question: String(at) },
      expected: 'right',
      label: 'internal' as const,
    }));
    return addDataset(heddle, { name: 'Numbers', project, rows });
  };
  const call = (method: string, path: string, body?: unknown, project = house.alpha) =>
    house.call(owner, method, `/api/experiments${path}`, body, project);
  const begin = async (
    more: Readonly<Record<string, unknown>> = {},
    { rows = 10, temperature = 0, project = house.alpha, document = quiz(temperature) } = {},
  ): Promise<string> => {
    const workflow = await house.workflow(project, document);
    const body = {
      name: 'Limits',
      dataset: await dataset(rows, project),
      evaluators: [{ kind: 'exact', config: {} }],
      variants: [{ workflow, version: 'draft', grid: { 'answer.limit': [5, 8] } }],
      ...more,
    };
    const reply = await call('POST', '', body, project);
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
    return ExperimentReply.parse(reply.body).id;
  };
  const ended = (id: string, project = house.alpha): Promise<ExperimentReply> =>
    until(async () => {
      const reply = ExperimentReply.parse((await call('GET', `/${id}`, undefined, project)).body);
      return reply.status === 'done' && reply.cells.running === 0 ? reply : undefined;
    });
  const tableOf = async (id: string): Promise<ComparisonTable> =>
    ExperimentResult.parse((await call('GET', `/${id}/result`)).body).table;
  const withoutTime = ({ scores, comparisons, winners }: ComparisonTable) => ({
    scores: scores.filter(({ metric }) => metric !== 'run.ms'),
    comparisons: comparisons
      .filter(({ metric }) => metric !== 'run.ms')
      .map(({ variant, metric, difference, p, better, worse, interval }) => ({
        variant,
        metric,
        difference,
        p,
        better,
        worse,
        interval,
      })),
    winners: winners.filter(({ metric }) => metric !== 'run.ms'),
  });

  it('are computed once for variants that differ only downstream, and give the same table as without sharing', async () => {
    const with_ = await ended(await begin());
    expect(state.asked).toHaveLength(10);
    const without = await ended(await begin({ reuse: false }));
    expect(state.asked).toHaveLength(30);
    expect(withoutTime(await tableOf(with_.id))).toEqual(withoutTime(await tableOf(without.id)));
    // The cost of the runs is what was spent; the figures of a variant are what it would have cost alone.
    expect([with_.cost.runs, with_.saved.cost, without.cost.runs, without.saved]).toEqual([
      5,
      5,
      10,
      { cost: 0, ms: 0 },
    ]);
    const { rows } = ExperimentRowsReply.parse((await call('GET', `/${with_.id}/rows`)).body);
    const cells = rows[0]!.cells.toSorted((a, b) => a.variant.localeCompare(b.variant));
    expect(cells.map(({ reused }) => reused?.nodes)).toEqual([undefined, 1]);
    expect(cells[1]!.reused).toMatchObject({ cost: 0.5, tokens: 15 });
    expect(cells.map(({ values }) => [values['run.cost'], values['run.tokens']])).toEqual([
      [0.5, 15],
      [0.5, 15],
    ]);
    const events = await house.server.heddle.parts.journal.events(cells[1]!.runId!);
    expect(events.find((event) => event.type === 'node-cached')).toMatchObject({
      path: 'think',
      origin: cells[0]!.runId,
    });
  });

  it('count for repeats only on request: calls of a model that samples are not merged by default', async () => {
    let given = 0;
    state.gives = () => String((given += 1));
    const sampled = await ended(await begin({ repeats: 3 }, { rows: 2, temperature: 0.7 }));
    expect(state.asked).toHaveLength(12);
    expect(sampled.saved.cost).toBe(0);
    await ended(await begin({ repeats: 3 }, { rows: 2 }));
    expect(state.asked).toHaveLength(14);
    const cached = await ended(await begin({ repeats: 3, cacheModelCalls: true }, { rows: 2, temperature: 0.7 }));
    expect(state.asked).toHaveLength(16);
    expect(cached).toMatchObject({ reuse: true, cacheModelCalls: true, saved: { cost: 5 } });
  });

  it('are shared by experiments of a project that cache calls, even at the same time, and by no other project', async () => {
    const both = await Promise.all([begin({ cacheModelCalls: true }), begin({ cacheModelCalls: true })]);
    for (const id of both) expect((await ended(id)).cells.done).toBe(20);
    expect(withoutTime(await tableOf(both[0]))).toEqual(withoutTime(await tableOf(both[1])));
    const before = state.asked.length;
    await ended(await begin({ cacheModelCalls: true }));
    expect(state.asked).toHaveLength(before);
    // An experiment that reuses only its own results computes again, as does one of another project.
    await ended(await begin());
    expect(state.asked).toHaveLength(before + 10);
    const other = await begin({ cacheModelCalls: true }, { project: house.beta });
    await ended(other, house.beta);
    expect(state.asked).toHaveLength(before + 20);
  });

  it('are removed with their experiment', async () => {
    const first = await begin({ cacheModelCalls: true });
    await ended(first);
    expect((await call('DELETE', `/${first}`)).status).toBe(204);
    await ended(await begin({ cacheModelCalls: true }));
    expect(state.asked).toHaveLength(20);
  });

  it('do not hide a change of a collection: nodes that read it run again', async () => {
    const id = await begin({}, { rows: 3 });
    await ended(id);
    state.edition = 'two';
    expect((await call('POST', `/${id}/again`, { rows: [1] })).status).toBe(200);
    await ended(id);
    expect(state.asked.filter((question) => question.startsWith('0 '))).toEqual(['0 in one', '0 in two']);
  });

  it.each([
    ['numbers that JSON can hold', () => [0.5, 2], '0.5 2', 1],
    ['a typed array', () => Float32Array.of(0.5, 2), '0.5 2', 2],
    ['a number that JSON cannot hold', () => [0.5, Number.NaN], '0.5 NaN', 2],
  ])('are stored only if JSON holds them without loss: %s', async (_what, vector, shown, calls) => {
    state.vector = vector;
    const { id, cells } = await ended(await begin({}, { rows: 1, document: vectors }));
    expect(cells).toMatchObject({ done: 2, failed: 0 });
    expect(state.asked).toHaveLength(calls);
    const { rows } = ExperimentRowsReply.parse((await call('GET', `/${id}/rows`)).body);
    for (const { runId = '' } of rows[0]?.cells ?? []) {
      const { outputs } = await house.server.heddle.runs.get(runId);
      expect(outputs).toEqual({ answer: shown });
    }
    expect(rows[0]?.cells).toHaveLength(2);
  });

  it('are not stored when they are very long', async () => {
    state.gives = (question) => `${question}${' '.repeat(1_100_000)}`;
    const done = await ended(await begin({}, { rows: 1 }));
    expect(state.asked).toHaveLength(2);
    expect(done.cells).toMatchObject({ done: 2, failed: 0 });
  });
});

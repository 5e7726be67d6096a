import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ChildSandbox } from '@heddle/adapters/sandbox';
import {
  defineNode,
  ExperimentPreview,
  ExperimentReply,
  ExperimentResult,
  ExperimentRowReply,
  ExperimentRowsReply,
  HeddleError,
  Text,
  type DatasetRow,
  type EvaluatorSetup,
  type Sandbox,
  type WorkflowDocument,
} from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { z } from 'zod';
import { until } from '../channels/testing/open-published.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { addDataset } from '../testing/reach/add-dataset.js';

/** The runs of the test node, and its behaviour. */
const state = { runs: [] as string[], isBroken: false, gate: undefined as Promise<void> | undefined };

const answerNode = defineNode({
  type: 'answer',
  version: 1,
  category: 'data',
  title: 'Answer',
  summary: 'Of tests: right for questions below a limit.',
  role: 'step',
  effects: [],
  config: z.object({ limit: z.number().default(5), cost: z.number().default(0) }),
  inputs: { question: Text },
  outputs: { text: Text },
  async run({ config, inputs, context }) {
    state.runs.push(inputs.question);
    const left = new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
    if (state.gate !== undefined) await Promise.race([state.gate, left]);
    if (state.isBroken && inputs.question === '3') throw new Error('It is broken.');
    context.report({ inputTokens: 1, outputTokens: 1, cost: config.cost, currency: 'USD' });
    return { text: Number(inputs.question) < config.limit ? 'right' : 'wrong' };
  },
});

const quiz = (config: Readonly<Record<string, unknown>> = {}): WorkflowDocument => ({
  heddle: 2,
  name: 'Quiz',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    answer: { type: 'answer', version: 1, config },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'ask.question', to: 'answer.question' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
});

const exact: EvaluatorSetup = { kind: 'exact', config: {} };

describe('experiments', () => {
  let house: TwoProjects;
  let sandbox: ChildSandbox | undefined;
  let owner: Shown;
  let quizId: string;

  async function openHouse(more: { readonly sandbox?: Sandbox } = {}): Promise<void> {
    house = await openTwoProjects({ nodes: [...standardNodes, answerNode], ...more });
    owner = house.person({ [house.alpha]: ['owner'] });
    quizId = await house.workflow(house.alpha, quiz());
  }
  beforeEach(async () => {
    Object.assign(state, { runs: [], isBroken: false, gate: undefined });
    await openHouse();
  });
  afterEach(async () => {
    await house.close();
    await sandbox?.close();
    sandbox = undefined;
  });

  const dataset = async (rows: readonly Partial<DatasetRow>[], project = house.alpha): Promise<string> => {
    const { heddle } = house.server;
    const whole = rows.map((row) => ({ inputs: {}, label: 'internal' as const, ...row }));
    return addDataset(heddle, { name: 'Numbers', project, rows: whole });
  };
  const numbers = (count: number): readonly Partial<DatasetRow>[] =>
    Array.from({ length: count }, (_, at) => ({
      id: `n${at}`,
      inputs: { question: String(at) },
      expected: 'right',
      tags: [at % 2 === 0 ? 'even' : 'odd'],
    }));
  const request = (of: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
    name: 'Limits',
    dataset: of,
    variants: [{ workflow: quizId, version: 'draft', grid: { 'answer.limit': [5, 18] } }],
    evaluators: [exact],
    ...more,
  });
  const call = async (method: string, path: string, body?: unknown, who = owner): Promise<[number, unknown]> => {
    const reply = await house.call(who, method, `/api/experiments${path}`, body, house.alpha);
    return [reply.status, reply.body];
  };
  const begin = async (body: unknown): Promise<ExperimentReply> => {
    const [status, reply] = await call('POST', '', body);
    expect([status, reply]).toEqual([201, expect.anything()]);
    return ExperimentReply.parse(reply);
  };
  const now = async (id: string): Promise<ExperimentReply> => ExperimentReply.parse((await call('GET', `/${id}`))[1]);
  const ended = (id: string, status = 'done'): Promise<ExperimentReply> =>
    until(async () => {
      const reply = await now(id);
      return reply.status === status && reply.cells.running === 0 ? reply : undefined;
    });

  it('runs each row once with each variant, and shows which variant is better and by how much', async () => {
    const { id } = await begin(request(await dataset(numbers(20))));
    const done = await ended(id);
    expect(done.variants.map(({ name }) => name)).toEqual(['quiz (draft): limit=5', 'quiz (draft): limit=18']);
    expect(done.cells).toEqual({ waiting: 0, running: 0, done: 40, failed: 0, cancelled: 0 });
    expect(state.runs).toHaveLength(40);
    const result = ExperimentResult.parse((await call('GET', `/${id}/result`))[1]);
    expect(result.isFinal).toBe(true);
    const found = result.table.comparisons.find(({ metric }) => metric === 'exact');
    expect(found).toMatchObject({ variant: 'v2', rows: 20, better: 13, worse: 0, test: 'mcnemar', verdict: 'better' });
    expect(result.table.winners).toEqual([{ metric: 'exact', variant: 'v2' }]);
    expect(result.table.slices.map(({ tag }) => tag)).toEqual(['even', 'odd']);
    expect((await call('GET', `/${id}/result`))[1]).toEqual(result);

    const changed = ExperimentRowsReply.parse((await call('GET', `/${id}/rows?changed=better&limit=5`))[1]);
    expect(changed.rows.map((row) => row.id)).toEqual(['n5', 'n6', 'n7', 'n8', 'n9']);
    const rest = ExperimentRowsReply.parse(
      (await call('GET', `/${id}/rows?changed=better&limit=100&after=${changed.next}`))[1],
    );
    expect(rest.rows).toHaveLength(8);
    expect(rest.next).toBeUndefined();
    const row = ExperimentRowReply.parse((await call('GET', `/${id}/rows/6`))[1]);
    expect(row).toMatchObject({ id: 'n5', inputs: { question: '5' }, expected: 'right' });
    expect(row.answers.map(({ outputs }) => outputs)).toEqual([{ answer: 'wrong' }, { answer: 'right' }]);
    expect(row.answers[0]!.evaluations[0]).toMatchObject({ metric: 'exact', value: 0 });
    expect(row.cells.every(({ runId }) => runId !== undefined)).toBe(true);
  });

  it('exports the scores as JSONL and CSV, without values, and records it in the audit log', async () => {
    const { id } = await begin(request(await dataset([{ id: '=evil', inputs: { question: '1' }, expected: 'right' }])));
    await ended(id);
    const text = async (format: string): Promise<string> => {
      const { heddle } = house.server;
      const lines: string[] = [];
      for await (const line of await heddle.experiments.export(id, format as 'csv', { who: 'test' })) lines.push(line);
      return lines.join('');
    };
    const [first] = (await text('jsonl')).trim().split('\n');
    expect(JSON.parse(first!)).toMatchObject({ row: '=evil', repeat: 1, state: 'done', scores: { exact: 1 } });
    expect((await call('GET', `/${id}/export?format=csv`))[0]).toBe(200);
    expect((await text('csv')).split('\r\n')[1]).toMatch(/^"?'=evil/);
    const subjects = await house.server.heddle.audit.list({ limit: 50 });
    expect(subjects.filter(({ subject }) => subject === `experiment:${id}`).length).toBeGreaterThan(1);
  });

  it('previews without starting anything', async () => {
    const [status, body] = await call('POST', '/preview', request(await dataset(numbers(7)), { repeats: 3 }));
    expect(status).toBe(200);
    expect(ExperimentPreview.parse(body)).toMatchObject({ rows: 7, runs: 42, datasetVersion: 1 });
    expect(state.runs).toEqual([]);
  });

  it('keeps its version of the dataset, its draft and its rows when these change or are deleted', async () => {
    const rows = await dataset(numbers(6));
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => (open = resolve));
    const { id } = await begin(request(rows, { concurrency: 1 }));
    const { heddle } = house.server;
    await heddle.workflows.save(quizId, quiz({ limit: 0 }), undefined);
    await heddle.parts.datasets.addVersion(rows, numbers(3) as DatasetRow[], {
      mode: 'replace',
      who: 'test',
      note: '',
    });
    await heddle.datasets.delete(rows, { who: 'test' });
    open();
    const done = await ended(id);
    expect(done.cells.done).toBe(12);
    expect(done.dataset).toMatchObject({ version: 1, name: 'Numbers' });
    const { table } = ExperimentResult.parse((await call('GET', `/${id}/result`))[1]);
    expect(table.scores.find(({ metric, variant }) => metric === 'exact' && variant === 'v1')).toMatchObject({
      mean: 5 / 6,
    });
  });

  it('pauses, goes on, and repeats failed rows; a failed run has no latency', async () => {
    state.isBroken = true;
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => (open = resolve));
    const { id } = await begin(request(await dataset(numbers(5)), { concurrency: 2 }));
    await until(() => (state.runs.length === 2 ? true : undefined));
    const [paused, reply] = await call('POST', `/${id}/pause`);
    expect([paused, ExperimentReply.parse(reply).status]).toEqual([200, 'paused']);
    expect((await call('POST', `/${id}/pause`))[0]).toBe(409);
    open();
    expect(ExperimentResult.parse((await call('GET', `/${id}/result`))[1])).toMatchObject({
      isFinal: false,
      table: { comparisons: [], winners: [] },
    });
    expect((await call('POST', `/${id}/resume`))[0]).toBe(200);
    const done = await ended(id);
    expect(done.cells).toMatchObject({ done: 8, failed: 2 });
    const row = ExperimentRowReply.parse((await call('GET', `/${id}/rows/4`))[1]);
    expect(row.cells[0]).toMatchObject({ state: 'failed', error: { code: 'node_failed' } });
    expect(row.cells[0]!.values).not.toHaveProperty('run.ms');
    expect(row.answers[0]!.evaluations[0]).not.toHaveProperty('value');

    state.isBroken = false;
    expect((await call('POST', `/${id}/again`))[0]).toBe(200);
    expect((await ended(id)).cells).toMatchObject({ done: 10, failed: 0 });
    expect(state.runs.filter((question) => question === '3')).toHaveLength(4);
    expect((await call('POST', `/${id}/again`))[0]).toBe(409);
    expect((await call('POST', `/${id}/again`, { rows: [99] }))[0]).toBe(409);
    expect((await call('POST', `/${id}/again`, { rows: [1] }))[0]).toBe(200);
    await ended(id);
    expect(state.runs.filter((question) => question === '0')).toHaveLength(4);
  });

  it('stays within its budget, and goes on with a larger one', async () => {
    const variants = [{ workflow: quizId, version: 'draft', set: { 'answer.cost': 1 } }];
    const body = request(await dataset(numbers(6)), { variants, budget: 2, concurrency: 1 });
    const { id } = await begin(body);
    const paused = await ended(id, 'paused');
    expect(paused).toMatchObject({ code: 'budget_exceeded', cost: { runs: 2 }, cells: { done: 2, waiting: 4 } });
    expect((await call('POST', `/${id}/resume`))[0]).toBe(409);
    expect((await call('POST', `/${id}/resume`, { budget: 100 }))[0]).toBe(200);
    expect(await ended(id)).toMatchObject({ cost: { runs: 6 }, cells: { done: 6 } });
  });

  it('cancels waiting and running rows, and can be removed only after that', async () => {
    state.gate = new Promise(() => undefined);
    const { id } = await begin(request(await dataset(numbers(5)), { concurrency: 2 }));
    await until(() => (state.runs.length === 2 ? true : undefined));
    expect((await call('DELETE', `/${id}`))[0]).toBe(409);
    expect((await call('POST', `/${id}/cancel`))[0]).toBe(200);
    const { cells } = await ended(id, 'cancelled');
    expect(cells).toMatchObject({ waiting: 0, running: 0, cancelled: 10 });
    expect((await call('POST', `/${id}/cancel`))[0]).toBe(409);
    expect((await call('DELETE', `/${id}`))[0]).toBe(204);
    expect((await call('GET', `/${id}`))[0]).toBe(404);
    state.gate = undefined;
  });

  it('refuses what cannot run, before anything starts', async () => {
    const rows = await dataset(numbers(2));
    const refusal = async (more: Readonly<Record<string, unknown>>): Promise<string> => {
      const [status, body] = await call('POST', '', request(rows, more));
      expect(status).toBeGreaterThanOrEqual(400);
      return z.object({ error: z.object({ code: z.string() }) }).parse(body).error.code;
    };
    const variant = (more: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
      variants: [{ workflow: quizId, version: 'draft', ...more }],
    });
    expect(await refusal(variant({ set: { 'nobody.limit': 1 } }))).toBe('experiment_invalid');
    expect(await refusal(variant({ set: { 'answer.__proto__.limit': 1 } }))).toBe('experiment_invalid');
    expect(await refusal(variant({ set: { 'answer.limit': 'many' } }))).toBe('workflow_invalid');
    const many = Array.from({ length: 8 }, (_, at) => at);
    expect(await refusal(variant({ grid: { 'answer.limit': many, 'answer.cost': many } }))).toBe('experiment_invalid');
    expect(await refusal(variant({ version: 'live' }))).toBe('not_published');
    expect(await refusal({ evaluators: [{ kind: 'nonsense' }] })).toBe('evaluator_invalid');
    expect(await refusal({ split: 'nowhere' })).toBe('experiment_invalid');
    expect(await refusal({ dataset: await dataset([{ inputs: { other: 'x' } }]) })).toBe('experiment_invalid');
    expect(await refusal({ dataset: await dataset(numbers(1), house.beta) })).toMatch(/forbidden|not_found/);
    expect(state.runs).toEqual([]);
    expect((await call('GET', ''))[1]).toEqual({ experiments: [] });
  });

  it('are for people of the project with the right', async () => {
    const { id } = await begin(request(await dataset(numbers(1))));
    await ended(id);
    const stranger = house.person({ [house.beta]: ['owner'] });
    const viewer = house.person({ [house.alpha]: ['viewer'] });
    expect((await call('GET', `/${id}`, undefined, stranger))[0]).toBe(404);
    expect((await house.call(stranger, 'GET', '/api/experiments', undefined, house.beta)).body).toEqual({
      experiments: [],
    });
    expect((await call('GET', `/${id}/result`, undefined, viewer))[0]).toBe(200);
    const counting = house.key(house.alpha, { permissions: ['run:read'] });
    expect((await call('GET', `/${id}/result`, undefined, counting))[0]).toBe(200);
    expect((await call('GET', `/${id}/rows`, undefined, counting))[0]).toBe(403);
    expect((await call('GET', `/${id}/rows/1`, undefined, counting))[0]).toBe(403);
    expect((await call('POST', `/${id}/again`, { rows: [1] }, viewer))[0]).toBe(403);
    expect((await call('POST', '', request('x'), viewer))[0]).toBe(403);
  });

  it('gives runs the label of their row', async () => {
    const { id } = await begin(
      request(await dataset([{ inputs: { question: '1' }, label: 'confidential' }, { inputs: { question: '2' } }])),
    );
    await ended(id);
    const { rows } = ExperimentRowsReply.parse((await call('GET', `/${id}/rows`))[1]);
    const labels = await Promise.all(
      rows.map(async ({ cells }) => {
        const { inputs } = await house.server.heddle.parts.journal.acceptance(cells[0]!.runId!);
        return inputs['question']!.label.level;
      }),
    );
    expect(labels).toEqual(['confidential', 'internal']);
  });

  it('gives no value when an evaluator throws, loops, answers NaN or has no model, and lets none stop the others', async () => {
    const code = (name: string, source: string, timeoutMs = 10_000): EvaluatorSetup => ({
      kind: 'code',
      name,
      config: { code: source, timeoutMs },
    });
    const evaluators = [
      exact,
      code('throws', "throw new Error('Broken.');"),
      code('loops', 'for (;;);', 50),
      code('nan', 'return NaN;'),
      { kind: 'judge', name: 'gone', config: { models: ['nowhere/model'] } },
    ];
    sandbox = new ChildSandbox();
    await house.close();
    await openHouse({ sandbox });
    const variants = [{ workflow: quizId, version: 'draft' }];
    const { id } = await begin(request(await dataset(numbers(1)), { evaluators, variants }));
    expect((await ended(id)).cells).toMatchObject({ done: 1, failed: 0 });
    const { table } = ExperimentResult.parse((await call('GET', `/${id}/result`))[1]);
    const found = table.scores.filter(({ variant, metric }) => variant === 'v1' && !metric.startsWith('run.'));
    expect(found.map(({ metric, rows, missing }) => [metric, rows, missing])).toEqual([
      ['exact', 1, 0],
      ...['throws', 'loops', 'nan', 'gone'].map((metric) => [metric, 0, 1]),
    ]);
    const row = ExperimentRowReply.parse((await call('GET', `/${id}/rows/1`))[1]);
    expect(row.answers[0]!.evaluations.map(({ value, error }) => value ?? error?.code)).toEqual([
      ...[1, 'code_error', 'code_timeout', 'evaluation_failed', 'connection_not_found'],
    ]);
  });

  it('lets people judge its answers in a queue, and compares by their scores once they have judged all', async () => {
    const person = { kind: 'person', name: 'tone', config: { instructions: 'Is it polite?' } };
    // A failed run needs no judgement and delays nothing.
    state.isBroken = true;
    const { id } = await begin(request(await dataset(numbers(7)), { evaluators: [exact, person] }));
    expect((await ended(id)).cells).toMatchObject({ done: 12, failed: 2 });
    const result = async () => ExperimentResult.parse((await call('GET', `/${id}/result`))[1]).table;
    const compared = async () => (await result()).comparisons.map(({ metric }) => metric);
    const scores = async () =>
      (await result()).scores.filter(({ metric }) => metric === 'tone').map(({ rows, mean }) => [rows, mean]);
    expect(await compared()).not.toContain('tone');
    const at = '/api/annotation-queues';
    const [queue] = (await house.call(owner, 'GET', at)).body.queues;
    expect(queue).toMatchObject({ name: 'Limits', items: 12, rubric: { instructions: 'Is it polite?' } });
    const say = async (who: Shown, score: number): Promise<number> => {
      const { task } = (await house.call(who, 'POST', `${at}/${queue.id}/next`, {})).body;
      const path = `${at}/${queue.id}/items/${task.item}/annotation`;
      return (await house.call(who, 'POST', path, { scores: { score } })).status;
    };
    for (let item = 0; item < 11; item += 1) expect(await say(owner, 5)).toBe(204);
    // With eleven of twelve judged there is no comparison yet: a test after each answer would find differences by chance.
    expect(await compared()).not.toContain('tone');
    await say(owner, 3);
    expect((await scores()).flat()).toEqual(expect.arrayContaining([6, 1, 6, (5 + 0.5) / 6]));
    expect(await compared()).toContain('tone');
    const { rows } = ExperimentRowsReply.parse((await call('GET', `/${id}/rows`))[1]);
    expect(
      rows.flatMap(({ cells }) => cells.map(({ values }) => values['tone'])).filter((value) => value === 0.5),
    ).toHaveLength(1);
    await house.call(owner, 'POST', `${at}/${queue.id}/undo`, {});
    expect(await compared()).not.toContain('tone');
    const row = ExperimentRowReply.parse((await call('GET', `/${id}/rows/1`))[1]);
    expect(row.answers[0]!.evaluations[1]).toMatchObject({
      metric: 'tone',
      value: 1,
      explanation: 'A person judged it.',
    });
  });

  it('fails the rows of a variant whose model is unavailable, and compares the others', async () => {
    const model: WorkflowDocument = {
      ...quiz(),
      nodes: { ...quiz().nodes, answer: { type: 'generate', version: 1, config: { model: 'nowhere/model' } } },
      edges: [
        { from: 'ask.question', to: 'answer.prompt' },
        { from: 'answer.text', to: 'reply.answer' },
      ],
    };
    const other = await house.workflow(house.alpha, model);
    const variants = [quizId, other].map((workflow) => ({ workflow, version: 'draft' }));
    const { id } = await begin(request(await dataset(numbers(3)), { variants }));
    expect((await ended(id)).cells).toMatchObject({ done: 3, failed: 3 });
    const { table } = ExperimentResult.parse((await call('GET', `/${id}/result`))[1]);
    const scores = (metric: string) =>
      table.scores.filter((score) => score.metric === metric).map(({ rows, mean }) => [rows, mean]);
    expect(scores('exact')).toEqual([
      [3, 1],
      [0, undefined],
    ]);
    expect(scores('run.answered')).toEqual([
      [3, 1],
      [3, 0],
    ]);
    const row = ExperimentRowReply.parse((await call('GET', `/${id}/rows/1`))[1]);
    expect(row.cells[1]).toMatchObject({ state: 'failed', error: { code: 'connection_not_found' } });
  });

  it('waits while the disk is full, and then runs each row once', async () => {
    const { experiments } = house.server.heddle.parts;
    const end = experiments.end.bind(experiments);
    let refused = 0;
    jest.spyOn(experiments, 'end').mockImplementation((...of) => {
      if (refused < 2) {
        refused += 1;
        return Promise.reject(new HeddleError('storage_full', 'The disk is full.', { retryable: true }));
      }
      return end(...of);
    });
    const { id } = await begin(request(await dataset(numbers(8)), { concurrency: 4 }));
    const done = await ended(id);
    expect(refused).toBe(2);
    expect(done.cells).toEqual({ waiting: 0, running: 0, done: 16, failed: 0, cancelled: 0 });
    expect(state.runs).toHaveLength(16);
    const { rows } = ExperimentRowsReply.parse((await call('GET', `/${id}/rows`))[1]);
    const cells = rows.flatMap((row) => row.cells);
    expect(new Set(cells.map(({ runId }) => runId)).size).toBe(16);
    expect(cells.every(({ attempt, values }) => attempt === 1 && values['exact'] !== undefined)).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  labelOf,
  publicLabel,
  type Journal,
  type LabelledValue,
  type Passage,
  type RunEvent,
  type RunEventOf,
  type WorkflowDocument,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';
import { openTwoProjects, type TwoProjects } from '../security/testing/two-projects.js';
import { passagesOfRun } from './passages-of-run.js';
import { subjectOfRun } from './subject-of-run.js';

const passage = (id: string): Passage => ({ id, document: `${id}.md`, text: `About ${id}`, score: 1 });
const gives = (...ids: readonly string[]): { readonly outputs: Readonly<Record<string, LabelledValue>> } => ({
  outputs: { passages: { value: ids.map(passage), label: publicLabel } },
});
const edges = (...pairs: readonly string[]): Pick<WorkflowDocument, 'edges'> => ({
  edges: pairs.map((pair) => {
    const [from = '', to = ''] = pair.split(' -> ');
    return { from, to };
  }),
});
const documentsOf = (...of: Parameters<typeof passagesOfRun>) =>
  passagesOfRun(...of).map(({ document }) => document.replace('.md', ''));

describe('the passages of a run', () => {
  it('are those of the rerank node when one follows a search, in its order', () => {
    const executions = new Map([
      ['search', gives('a', 'b', 'c')],
      ['rerank', gives('c', 'a')],
      ['answer', { outputs: { text: { value: 'x', label: publicLabel } } }],
    ]);
    const document = edges('search.passages -> rerank.passages', 'rerank.passages -> answer.passages');
    expect(documentsOf(document, executions)).toEqual(['c', 'a']);
  });

  it('are those of all parallel searches, each passage once', () => {
    const executions = new Map([
      ['one', gives('a', 'b')],
      ['two', gives('b', 'c')],
    ]);
    expect(documentsOf(edges('one.passages -> answer.passages'), executions)).toEqual(['a', 'b', 'c']);
  });

  it('are those of the last iteration of a loop, and of every item of a list', () => {
    const loop = new Map([
      ['search@0', gives('a')],
      ['search@1', gives('b')],
      ['each#0/search', gives('c')],
      ['each#1/search', gives('d')],
    ]);
    expect(documentsOf(edges('search.passages -> search.again'), loop)).toEqual(['b', 'c', 'd']);
    expect(documentsOf(edges(), new Map([['x', { outputs: undefined }]]))).toEqual([]);
  });
});

describe('the tool calls of a run', () => {
  const args = { q: 'a', limit: 2 };
  const base = { runId: 'r', time: 1, path: 'agent', attempt: 1 };
  const call = (seq: number, tool: string, about: Partial<RunEventOf<'tool-call'>>): RunEvent => ({
    ...base,
    seq,
    type: 'tool-call',
    tool,
    source: 'builtin',
    permission: 'allow',
    label: publicLabel,
    argumentsHash: contentHash('{"limit":2,"q":"a"}'),
    started: seq,
    ...about,
  });
  const events: readonly RunEvent[] = [
    {
      ...base,
      seq: 1,
      type: 'node-step',
      key: 'model-1',
      value: {
        value: { calls: [{ id: '1', name: 'search', arguments: JSON.stringify(args) }, { id: '2', name: 'x' }, 3] },
        label: publicLabel,
      },
    },
    call(2, 'later', { started: 9 }),
    call(3, 'search', {}),
    call(4, 'search', { permission: 'deny' }),
    call(5, 'search', { error: { code: 'tool_arguments_invalid', message: '', retryable: false } }),
    call(6, 'search', { started: 10, error: { code: 'tool_failed', message: '', retryable: true } }),
  ];

  it('are those that really began, in their order, with their arguments', async () => {
    const journal = {
      summary: async () => ({ status: 'done', acceptedAt: 1, inputTokens: 1, outputTokens: 2, cost: 0.5 }),
      acceptance: async () => ({ inputs: {} }),
      events: async () => events,
      bundle: async () => ({ document: { edges: [] } }),
    } as unknown as Journal;
    const { toolCalls, tokens, cost } = await subjectOfRun(journal, 'r');
    expect(toolCalls).toEqual([
      { name: 'search', arguments: args },
      { name: 'later', arguments: undefined },
      { name: 'search', arguments: args },
    ]);
    expect([tokens, cost]).toEqual([3, 0.5]);
  });
});

/** A workflow with a confidential input. */
const secretive: WorkflowDocument = {
  heddle: 2,
  name: 'Secretive',
  nodes: {
    question: {
      type: 'input',
      version: 1,
      config: { fields: [{ name: 'question', type: 'Text', label: 'confidential' }] },
    },
    say: { type: 'prompt', version: 1, config: { template: 'You asked {{ question }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.text', to: 'reply.answer' },
  ],
};

describe('the subject of a run', () => {
  let house: TwoProjects;
  beforeAll(async () => {
    house = await openTwoProjects();
  });
  afterAll(() => house.close());

  it('has its inputs, outputs, time and the strictest label', async () => {
    const { heddle } = house.server;
    const { runId } = await heddle.runs.start({
      document: secretive,
      request: { inputs: { question: 'Why?' } },
      trigger: 'api',
    });
    await heddle.runs.settled(runId);
    expect(await subjectOfRun(heddle.parts.journal, runId)).toMatchObject({
      runId,
      inputs: { question: 'Why?' },
      outputs: { answer: 'You asked Why?' },
      passages: [],
      toolCalls: [],
      cost: 0,
      tokens: 0,
      label: labelOf('confidential'),
    });
    const { runId: labelled } = await heddle.runs.start({
      document: secretive,
      request: { inputs: { question: 'Why?' } },
      trigger: 'api',
      label: labelOf('restricted', ['untrusted']),
    });
    await heddle.runs.settled(labelled);
    expect((await subjectOfRun(heddle.parts.journal, labelled)).label).toEqual(labelOf('restricted', ['untrusted']));
    expect(await heddle.runs.value(labelled, 'say', 'text')).toMatchObject({
      label: labelOf('restricted', ['untrusted']),
    });
    await expect(subjectOfRun(heddle.parts.journal, 'nope')).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

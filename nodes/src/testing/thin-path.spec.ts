import { describe, expect, it } from '@jest/globals';
import {
  compilePlan,
  createCatalog,
  HeddleError,
  labelOf,
  parseDocument,
  type Collection,
  type Passage,
} from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { output } from '../input-output/output.node.js';
import { prompt } from '../model/prompt.node.js';
import { retrieve } from '../retrieval/retrieve.node.js';
import { standardNodes } from '../index.js';

const passage: Passage = { id: 'p1', document: 'a.md', text: 'x', label: labelOf('confidential') };

function collection(asked: unknown[], passages: readonly Passage[] = [passage]): Collection {
  const found: Collection = {
    name: 'handbook',
    readableBy: () => found,
    info: async () => ({
      name: 'handbook',
      embedding: 'e',
      dimensions: 3,
      splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
      label: labelOf('internal', ['untrusted']),
      store: 'embedded',
      documents: 1,
      passages: 1,
      createdAt: 0,
      updatedAt: 0,
    }),
    search: async (request) => {
      asked.push(request);
      return passages;
    },
    ingest: () => Promise.reject(new Error('not used')),
    delete: async () => 0,
    documents: async () => [],
    document: async () => undefined,
    passages: async () => [],
  };
  return found;
}

describe('retrieve', () => {
  it('searches with its settings and raises the labels of collection and passages', async () => {
    const asked: unknown[] = [];
    const filter = { op: 'eq', field: 'year', value: 2026 };
    const run = await runNode(retrieve, {
      config: { collection: 'handbook', topK: 3, mode: 'dense', threshold: 0.3, weight: 0.7, neighbours: 1, filter },
      inputs: { query: 'leave?', filter: { op: 'exists', field: 'team' } },
      resources: { collection: collection(asked) },
    });
    expect(run.outputs['passages']).toEqual([passage]);
    expect(asked).toEqual([
      {
        query: 'leave?',
        k: 3,
        mode: 'dense',
        threshold: 0.3,
        weight: 0.7,
        neighbours: 1,
        diversity: undefined,
        graphWeight: undefined,
        rerank: true,
        recency: undefined,
        relevance: 'apply',
        filter: { op: 'and', filters: [filter, { op: 'exists', field: 'team' }] },
      },
    ]);
    expect(run.label).toEqual({ level: 'confidential', marks: ['untrusted'] });
  });

  it('leaves unset settings to the collection, but keeps the old defaults of an older node', async () => {
    const asked: unknown[] = [];
    const resources = { collection: collection(asked) };
    await runNode(retrieve, { config: { collection: 'handbook' }, inputs: { query: 'leave?' }, resources });
    expect(asked).toMatchObject([{ mode: undefined, neighbours: undefined, diversity: undefined, rerank: true }]);
    const before = { collection: 'handbook', mode: 'lexical', topK: 2 };
    expect(retrieve.config.parse(retrieve.migrate?.(before, 1))).toMatchObject({
      ...before,
      reranker: 'none',
      neighbours: 0,
      diversity: 0,
      graphWeight: 0,
    });
  });

  it('searches for each of several queries, merges the results, and keeps them apart by query', async () => {
    const other = { ...passage, id: 'other', score: 0.2 };
    const resources = {
      collection: {
        ...collection([]),
        search: async ({ query }: { readonly query: string }) => (query === 'a' ? [passage] : [other, passage]),
      },
    };
    const search = (queries: unknown) =>
      runNode(retrieve, {
        config: { collection: 'handbook', topK: 1, neighbours: 0 },
        inputs: { query: 'q', queries },
        resources,
      });
    const { outputs } = await search(['a', ' b', 'b', '']);
    expect(outputs['passages']).toMatchObject([{ id: passage.id, scores: { fused: 1 / 61 + 1 / 62 } }]);
    expect(outputs['byQuery']).toEqual([
      { query: 'a', passages: [passage] },
      { query: 'b', passages: [other, passage] },
    ]);
    expect((await search([])).outputs['byQuery']).toMatchObject([{ query: 'q' }]);
    await expect(search('a')).rejects.toMatchObject({ code: 'input_type' });
    await expect(search([3])).rejects.toMatchObject({ code: 'input_type' });
    const many = Array.from({ length: 21 }, (_, at) => `q${at}`);
    await expect(search(many)).rejects.toMatchObject({ code: 'input_too_large' });
  });

  it.each([
    ['{"answered": false}', 0, 0],
    ['{"answered": true}', 1, 0],
    ['I do not know', 1, 1],
  ])('lets a model check whether the passages answer: %s leaves %d', async (reply, kept, warnings) => {
    const languageModel = createFakeLanguageModel([reply]);
    const { outputs, log } = await runNode(retrieve, {
      config: { collection: 'handbook', answerCheck: 'judge' },
      inputs: { query: 'leave?' },
      resources: { collection: collection([]), languageModel },
    });
    expect(outputs['passages']).toHaveLength(kept);
    expect(log.filter(({ level }) => level === 'warn')).toHaveLength(warnings);
    const asked = languageModel.requests.map(({ messages }) => messages[0]?.content);
    expect(asked).toEqual([expect.stringContaining(`[1] ${passage.text}`)]);
  });

  it('calls no model if nothing was found', async () => {
    const languageModel = createFakeLanguageModel(['{"answered": true}']);
    const nothing = { ...collection([]), search: async () => [] };
    const { outputs } = await runNode(retrieve, {
      config: { collection: 'handbook', answerCheck: 'judge' },
      inputs: { query: 'leave?' },
      resources: { collection: nothing, languageModel },
    });
    expect([outputs['passages'], languageModel.requests]).toEqual([[], []]);
  });

  it('refuses an empty question, an invalid filter, and a missing collection', async () => {
    const resources = { collection: collection([]) };
    const config = { collection: 'handbook' };
    await expect(runNode(retrieve, { config, inputs: { query: ' ' }, resources })).rejects.toMatchObject({
      code: 'query_empty',
    });
    await expect(
      runNode(retrieve, { config, inputs: { query: 'x', filter: { year: 2026 } }, resources }),
    ).rejects.toMatchObject({ code: 'filter_invalid' });
    await expect(
      runNode(retrieve, { config: { ...config, filter: { op: 'eq' } }, inputs: { query: 'x' }, resources }),
    ).rejects.toMatchObject({ code: 'workflow_invalid', message: expect.stringContaining('filter') });
    await expect(runNode(retrieve, { inputs: { query: 'x' }, resources })).rejects.toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining('No collection is chosen'),
    });
    const missing = { collection: () => Promise.reject(new HeddleError('collection_not_found', 'none')) };
    await expect(runNode(retrieve, { config, inputs: { query: 'x' }, resources: missing })).rejects.toMatchObject({
      code: 'collection_not_found',
    });
  });
});

describe('prompt', () => {
  it('makes an input of each name and fills the template once', async () => {
    const run = await runNode(prompt, {
      config: { template: '{{ who }}: {{ what.text }}{{ more? }}', system: 'Speak {{ language }}.' },
      inputs: { who: '{{ what }}', what: { text: 'hi' }, language: 'Dutch' },
    });
    expect(run.outputs).toEqual({
      text: '{{ what }}: hi',
      messages: [
        { role: 'system', content: 'Speak Dutch.' },
        { role: 'user', content: '{{ what }}: hi' },
      ],
    });
  });

  it('reports a template that cannot be read at its field, and a value that is missing inside an input', async () => {
    await expect(runNode(prompt, { config: { template: '{{ a b }}' } })).rejects.toMatchObject({
      code: 'workflow_invalid',
      message: expect.stringContaining('template:'),
    });
    await expect(runNode(prompt, { config: { template: '{{ a.b }}' }, inputs: { a: {} } })).rejects.toMatchObject({
      code: 'template_invalid',
    });
  });
});

describe('output', () => {
  it('accepts inputs for only some of its fields', async () => {
    expect(
      (
        await runNode(output, {
          config: {
            fields: [
              { name: 'answer', type: 'text' },
              { name: 'citations', type: 'json' },
            ],
          },
          inputs: { answer: 'x' },
        })
      ).outputs,
    ).toEqual({});
  });
});

describe('a workflow that answers from a collection', () => {
  it('compiles without an issue', () => {
    const document = parseDocument({
      heddle: 2,
      name: 'Ask the handbook',
      nodes: {
        question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'text' }] } },
        search: { type: 'retrieve', version: 1, config: { collection: 'handbook', topK: 4 } },
        answer: {
          type: 'generate',
          version: 1,
          config: { model: 'smollm2-135m' },
          run: { retry: { attempts: 2, backoffMs: 500 } },
        },
        reply: {
          type: 'output',
          version: 1,
          config: {
            fields: [
              { name: 'answer', type: 'text' },
              { name: 'citations', type: 'json' },
            ],
          },
        },
      },
      edges: [
        { from: 'question.question', to: 'search.query' },
        { from: 'question.question', to: 'answer.prompt' },
        { from: 'search.passages', to: 'answer.passages' },
        { from: 'answer.text', to: 'reply.answer' },
        { from: 'answer.citations', to: 'reply.citations' },
      ],
      layout: { nodes: {}, notes: [], groups: [] },
    });
    const { plan, issues } = compilePlan(document, createCatalog(standardNodes));
    expect(issues).toEqual([]);
    expect(Object.keys(plan?.interface.inputs ?? {})).toEqual(['question']);
    expect(Object.keys(plan?.interface.outputs ?? {})).toEqual(['answer', 'citations']);
  });
});

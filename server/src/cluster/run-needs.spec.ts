import { describe, expect, it } from '@jest/globals';
import {
  Connection,
  compilePlan,
  createCatalog,
  HeddleError,
  parseDocument,
  ToolServer,
  type Plan,
} from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { standardNodes } from '@heddle/nodes';
import { createRunNeeds, type NeedSources } from './run-needs.js';

const catalog = createCatalog(standardNodes);
function planOf(nodes: object): Plan {
  const document = parseDocument({
    heddle: 2,
    name: 'Sample',
    nodes: { question: { type: 'input', version: 1, config: { name: 'question' } }, ...nodes },
    edges: Object.keys(nodes).map((id) => ({
      from: 'question.text',
      to: `${id}.${id === 'search' ? 'query' : 'prompt'}`,
    })),
  });
  const { plan, issues } = compilePlan(document, catalog);
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
}
const generate = (model: string) => ({ answer: { type: 'generate', version: 1, config: { model } } });
const search = { search: { type: 'retrieve', version: 2, config: { collection: 'handbook' } } };

describe('the needs of a run', () => {
  function open() {
    const clock = createFakeClock();
    const counts = { lists: 0, opened: 0 };
    const state = {
      zone: 'dmz' as string | undefined,
      reranker: undefined as string | undefined,
      opens: () => Promise.resolve(),
    };
    const sources: NeedSources = {
      clock,
      collections: {
        isOpen: true,
        close: () => Promise.resolve(),
        get: () =>
          Promise.resolve({
            async open() {
              counts.opened += 1;
              await state.opens();
              const { reranker } = state;
              const settings = reranker === undefined ? {} : { reranker: { model: reranker } };
              return { info: async () => ({ embedding: 'minilm' }), settings: { get: async () => settings } } as never;
            },
          }),
      },
      connections: {
        store: {
          list: () => {
            counts.lists += 1;
            return Promise.resolve([Connection.parse({ id: 'far', kind: 'openai', zone: state.zone })]);
          },
        },
      },
      tools: {
        registry: {
          view: () =>
            Promise.resolve({
              servers: [ToolServer.parse({ id: 'files', transport: { kind: 'stdio', command: 'serve' } })],
            } as never),
        },
      },
    };
    return { clock, counts, state, needsOf: createRunNeeds(sources) };
  }
  const others = (needs: readonly string[] | undefined) => needs?.filter((need) => !need.startsWith('node:'));

  it('follow from the nodes of its plan, and determine its class', async () => {
    const { needsOf } = open();
    expect(await needsOf(planOf(generate('small')), {})).toEqual({
      needs: ['model:small', 'node:generate@1', 'node:input@1'],
      workerClass: 'gpu',
    });
    expect(await needsOf(planOf(generate('far/big')), {})).toMatchObject({ workerClass: 'cpu' });
  });

  it('include the models of the collections that it searches, and none of a collection that cannot be opened', async () => {
    const { state, clock, needsOf } = open();
    const plan = planOf(search);
    expect(others((await needsOf(plan, {})).needs)).toEqual(['model:minilm']);
    state.reranker = 'cross';
    await clock.advance(1_000);
    expect(others((await needsOf(plan, {})).needs)).toEqual(['model:cross', 'model:minilm']);
    state.opens = () => Promise.reject(new HeddleError('vector_store_failed', 'It does not answer.'));
    await clock.advance(1_000);
    expect(await needsOf(plan, {})).toMatchObject({ workerClass: 'cpu' });
  });

  it('are read once a second at most, and follow changes', async () => {
    const { state, clock, counts, needsOf } = open();
    const plan = planOf({ ...generate('far/big'), ...search });
    const all = await Promise.all(Array.from({ length: 50 }, () => needsOf(plan, {})));
    expect(new Set(all).size).toBe(1);
    expect(counts).toEqual({ lists: 1, opened: 1 });
    state.zone = undefined;
    expect(others((await needsOf(plan, {})).needs)).toEqual(['model:minilm', 'zone:dmz']);
    await clock.advance(1_000);
    expect(others((await needsOf(plan, {})).needs)).toEqual(['model:minilm']);
    expect(others((await needsOf(plan, { only: 'answer' })).needs)).toEqual([]);
  });
});

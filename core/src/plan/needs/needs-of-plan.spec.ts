import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseDocument } from '../../document/parse-document.js';
import { createCatalog } from '../../node/catalog.js';
import { defineNode, type NodeReference } from '../../node/node-definition.js';
import { classOfNeeds } from '../../ports/cluster/needs.js';
import { base, catalog as simple } from '../__fixtures__/plan-documents.js';
import { compilePlan } from '../compile-plan.js';
import { needsOfPlan, type NeedFacts } from './needs-of-plan.js';

const Reference = z.object({ kind: z.string(), id: z.string(), isChoice: z.boolean().optional() });
/** A node that refers to what its config says. */
const refers = (version: number, type = 'refers') =>
  defineNode({
    ...base,
    type,
    version,
    title: 'Refers',
    role: 'source',
    config: z.object({ references: z.array(Reference).default([]) }),
    inputs: {},
    outputs: {},
    references: ({ references }) =>
      references.map(({ kind, id, isChoice }) => ({ kind: kind as NodeReference['kind'], id, isChoice, field: '' })),
    run: () => ({}),
  });
const catalog = createCatalog([...simple.list(), refers(3), refers(2, '@acme/nodes/refers')]);

const facts: NeedFacts = {
  modelsOf: (collection) => (collection === 'handbook' ? ['minilm', 'far/reranker'] : []),
  isStarted: (server) => server === 'files',
  zoneOf: (kind, id) =>
    new Map([
      ['connection far', 'dmz'],
      ['tool inside', 'lab'],
    ]).get(`${kind} ${id}`),
};

type Config = readonly (readonly [kind: string, id: string, isChoice?: boolean])[];
const node = (config: Config, more: object = {}, type = 'refers') => ({
  type,
  version: 1,
  config: { references: config.map(([kind, id, isChoice]) => ({ kind, id, isChoice })) },
  ...more,
});
function planOf(nodes: object, more: object = {}, workflow?: (slug: string) => ReturnType<typeof parseDocument>) {
  const document = parseDocument({ heddle: 2, name: 'Sample', nodes, edges: [], ...more });
  const { plan, issues } = compilePlan(document, catalog, { ...(workflow && { workflow }) });
  if (plan === undefined) throw new Error(issues.map(({ message }) => message).join());
  return plan;
}
const others = (needs: readonly string[]) => needs.filter((need) => !need.startsWith('node:'));

describe('the needs of a plan', () => {
  it('name each type of node in the version that is stored with the run, once', () => {
    const plan = planOf({
      a: node([]),
      b: node([], { version: 2 }),
      c: node([]),
      d: node([], {}, '@acme/nodes/refers'),
    });
    expect(needsOfPlan(plan, facts)).toEqual(['node:@acme/nodes/refers@1', 'node:refers@1', 'node:refers@2']);
  });

  it.each([
    ['a local model', ['model', 'small'], ['model:small']],
    ['a local embedder', ['embedder', 'minilm'], ['model:minilm']],
    ['a model of a connection that all reach', ['model', 'openai/gpt'], []],
    ['a model of a connection in a zone', ['model', 'far/big'], ['zone:dmz']],
    ['a connection in a zone', ['connection', 'far'], ['zone:dmz']],
    ['a collection', ['collection', 'handbook'], ['model:minilm', 'zone:dmz']],
    ['an unknown collection', ['collection', 'none'], []],
    ['a tool server that is started', ['tool', 'files'], ['tool:files']],
    ['a tool of it', ['tool', 'files__read_me'], ['tool:files']],
    ['a tool server in a zone', ['tool', 'inside'], ['zone:lab']],
    ['a tool server that all reach', ['tool', 'web'], []],
    ['one of several models', ['model', 'small', true], []],
    ['a model that was not chosen', ['model', ''], []],
    ['a person', ['person', 'ada'], []],
  ] as const)('of %s', (_name, reference, expected) => {
    expect(others(needsOfPlan(planOf({ a: node([reference]) }), facts))).toEqual(expected);
  });

  it('include nested workflows: those of the document, of the store, and of what they refer to', () => {
    const deep = parseDocument({
      heddle: 2,
      name: 'Deep',
      nodes: { a: node([['model', 'deep']], { version: 3 }) },
      edges: [],
    });
    const plan = planOf(
      { a: node([]), inner: { type: 'sub', version: 1, config: { workflow: '#inner' } } },
      {
        workflows: {
          inner: {
            nodes: {
              a: node([['model', 'inside']], { version: 2 }),
              next: { type: 'sub', version: 1, config: { workflow: 'deep' } },
            },
            edges: [],
          },
        },
      },
      (slug) => (slug === 'deep' ? deep : undefined) as never,
    );
    expect(needsOfPlan(plan, facts)).toEqual([
      ...['model:deep', 'model:inside', 'node:refers@1', 'node:refers@2', 'node:refers@3', 'node:sub@1'],
    ]);
  });

  it('leave out what nodes refer to that do not run: bypassed, fixed, or beside the only one', () => {
    const plan = planOf({
      off: node([['model', 'off']], { run: { disabled: true } }),
      fixed: node([['model', 'fixed']]),
      one: node([['model', 'one']]),
    });
    expect(others(needsOfPlan(plan, facts))).toEqual(['model:fixed', 'model:one']);
    expect(others(needsOfPlan(plan, facts, { pins: { fixed: {} } }))).toEqual(['model:one']);
    expect(others(needsOfPlan(plan, facts, { only: 'fixed' }))).toEqual(['model:fixed']);
    expect(needsOfPlan(plan, facts, { only: 'fixed' })).toContain('node:refers@1');
  });

  it('decide the class', () => {
    const classOf = (...config: Config) => classOfNeeds(needsOfPlan(planOf({ a: node(config) }), facts));
    expect([classOf(), classOf(['model', 'far/big']), classOf(['model', 'small'])]).toEqual(['cpu', 'cpu', 'gpu']);
    expect(classOf(['collection', 'handbook'])).toBe('gpu');
  });
});

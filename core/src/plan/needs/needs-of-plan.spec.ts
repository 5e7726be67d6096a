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
/** A node type with the references that its config lists. */
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

describe('needsOfPlan', () => {
  it('lists each type of node once, in the version that is stored with the run', () => {
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
    ['a model of a connection that every process reaches', ['model', 'openai/gpt'], []],
    ['a model of a connection in a zone', ['model', 'far/big'], ['zone:dmz']],
    ['a connection in a zone', ['connection', 'far'], ['zone:dmz']],
    ['a collection', ['collection', 'handbook'], ['model:minilm', 'zone:dmz']],
    ['an unknown collection', ['collection', 'none'], []],
    ['a tool server that Heddle starts', ['tool', 'files'], ['tool:files']],
    ['a tool of a server that Heddle starts', ['tool', 'files__read_me'], ['tool:files']],
    ['a tool server in a zone', ['tool', 'inside'], ['zone:lab']],
    ['a tool server that every process reaches', ['tool', 'web'], []],
    ['one of several models', ['model', 'small', true], []],
    ['a model that was not chosen', ['model', ''], []],
    ['a person', ['person', 'ada'], []],
  ] as const)('lists the needs of %s', (_name, reference, expected) => {
    expect(others(needsOfPlan(planOf({ a: node([reference]) }), facts))).toEqual(expected);
  });

  it('includes nested workflows: inner ones of the document, stored ones, and their references', () => {
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

  it('leaves out references of nodes that do not run: bypassed nodes, fixed nodes, all others of a single-node run', () => {
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

  it('determines the class of processes for the run', () => {
    const classOf = (...config: Config) => classOfNeeds(needsOfPlan(planOf({ a: node(config) }), facts));
    expect([classOf(), classOf(['model', 'far/big']), classOf(['model', 'small'])]).toEqual(['cpu', 'cpu', 'gpu']);
    expect(classOf(['collection', 'handbook'])).toBe('gpu');
  });
});

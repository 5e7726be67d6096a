import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseDocument } from '../document/parse-document.js';
import type { DocumentEdge, WorkflowDocument } from '../document/workflow-document.js';
import { labelOf } from '../labels/label.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode } from '../node/node-definition.js';
import { Json, many, portOf, Text } from '../types/port.js';
import { Number as NumberPort } from '../types/port.js';
import { compilePlan } from './compile-plan.js';

const base = { version: 1, category: 'other', summary: 'For tests.', effects: [] } as const;
const catalog = createCatalog([
  defineNode({
    ...base,
    type: 'source',
    title: 'Source',
    role: 'source',
    config: z.object({}),
    inputs: {},
    outputs: { text: Text },
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'step',
    title: 'Step',
    role: 'step',
    config: z.object({ size: z.number().int().min(1).default(1), model: z.string().optional() }),
    inputs: { text: Text.optional(), more: Text.optional() },
    outputs: { text: Text, done: Text },
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'strict',
    title: 'Strict',
    role: 'step',
    config: z.object({}),
    inputs: { text: Text },
    outputs: { text: Text },
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'number',
    title: 'Number',
    role: 'step',
    config: z.object({}),
    inputs: { text: Text.optional() },
    outputs: { number: NumberPort, json: Json },
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'through',
    title: 'Through',
    role: 'step',
    config: z.object({}),
    inputs: { value: Json },
    outputs: { value: Json.with({ sameAs: 'value' }) },
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'merge',
    title: 'Merge',
    role: 'step',
    config: z.object({}),
    inputs: { values: many(Json) },
    outputs: { list: Json },
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'sub',
    title: 'Sub',
    role: 'step',
    config: z.object({ workflow: z.string() }),
    inputs: {},
    outputs: {},
    references: (config) => [{ kind: 'workflow', id: config.workflow, field: 'workflow' }],
    interfaceOf: (config) => config.workflow,
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'dynamic',
    title: 'Dynamic',
    role: 'step',
    config: z.object({ names: z.array(z.string()) }),
    inputs: {},
    outputs: {},
    ports: (config) => ({ inputs: Object.fromEntries(config.names.map((name) => [name, portOf('Text')])) }),
    run: () => ({}),
  }),
  defineNode({
    ...base,
    type: 'sink',
    title: 'Sink',
    role: 'sink',
    config: z.object({}),
    inputs: { text: Text.optional(), json: Json.optional() },
    outputs: {},
    run: () => ({}),
  }),
]);

type Nodes = Record<
  string,
  { type: string; version?: number; config?: Record<string, unknown>; run?: Record<string, unknown> }
>;

function document(
  nodes: Nodes,
  edges: (string | DocumentEdge)[],
  extra: Record<string, unknown> = {},
): WorkflowDocument {
  return parseDocument({
    heddle: 1,
    name: 'Test',
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, node]) => [id, { version: 1, config: {}, ...node }])),
    edges: edges.map((edge) => {
      if (typeof edge !== 'string') return edge;
      const [from = '', to = ''] = edge.split(' > ');
      return { from, to };
    }),
    ...extra,
  });
}

const loop = (from: string, to: string, max = 3): DocumentEdge => ({ from, to, loop: { max, atLimit: 'fail' } });
const codes = (nodes: Nodes, edges: (string | DocumentEdge)[], extra = {}): string[] =>
  compilePlan(document(nodes, edges, extra), catalog).issues.map((issue) => issue.code);

const simple: Nodes = { a: { type: 'source' }, b: { type: 'step' }, c: { type: 'sink' } };

describe('compilePlan', () => {
  it('gives a plan of indexes and no issue for a sound document', () => {
    const { plan, issues } = compilePlan(document(simple, ['a.text > b.text', 'b.text > c.text']), catalog);
    expect(issues).toEqual([]);
    expect(plan?.nodes.map((node) => node.id)).toEqual(['a', 'b', 'c']);
    expect(plan?.sources).toEqual([0]);
    expect(plan?.sinks).toEqual([2]);
    expect(plan?.nodes[1]?.config).toEqual({ size: 1 });
    expect(Object.keys(plan?.interface.inputs ?? {})).toEqual(['text']);
    expect(plan?.edges[0]).toMatchObject({ from: 0, to: 1, loopOf: -1, leaves: -1, inside: -1, isStream: false });
  });

  it('reports all issues of a document at once, each with a place and a way out', () => {
    const { plan, issues } = compilePlan(
      document(
        {
          a: { type: 'source' },
          bad: { type: 'nowhere' },
          old: { type: 'step', version: 9 },
          wrong: { type: 'step', config: { size: 'x' } },
          strict: { type: 'strict' },
          n: { type: 'number' },
          Bad: { type: 'step' },
        },
        [
          'a.text > strict.nope',
          'ghost.text > strict.text',
          'n.json > strict.text',
          'a.text > b',
          'a.text > n.text',
          'a.text > n.text',
        ],
      ),
      catalog,
    );
    expect(plan).toBeUndefined();
    expect(issues.map((issue) => issue.code)).toEqual(
      expect.arrayContaining([
        'unknown-node-type',
        'node-version-newer',
        'config-invalid',
        'port-unknown',
        'edge-dangling',
        'type-mismatch',
        'edge-malformed',
        'edge-doubled',
        'bad-node-id',
      ]),
    );
    for (const issue of issues) {
      expect(issue.message).not.toBe('');
      if (issue.severity === 'error') expect(issue.fix).toBeTruthy();
      expect(issue.node ?? issue.edge ?? issue.code).toBeTruthy();
    }
    expect(issues.find((issue) => issue.code === 'config-invalid')).toMatchObject({ node: 'wrong', field: 'size' });
  });

  it('reports a required input that nothing is connected to, and two edges into a single one', () => {
    expect(codes({ a: { type: 'source' }, s: { type: 'strict' }, c: { type: 'sink' } }, ['s.text > c.text'])).toContain(
      'input-missing',
    );
    expect(
      codes({ a: { type: 'source' }, b: { type: 'source' }, s: { type: 'strict' }, c: { type: 'sink' } }, [
        'a.text > s.text',
        'b.text > s.text',
        's.text > c.text',
      ]),
    ).toContain('input-doubled');
    expect(
      codes({ a: { type: 'source' }, b: { type: 'step' }, m: { type: 'merge' }, c: { type: 'sink' } }, [
        'a.text > b.text',
        'a.text > m.values',
        'b.text > m.values',
        'm.list > c.json',
      ]),
    ).toEqual([]);
  });

  it('reports a cycle that no edge marks as a loop, and names the edge that closes it', () => {
    const { issues } = compilePlan(
      document({ ...simple, d: { type: 'step' } }, [
        'a.text > b.text',
        'b.text > d.text',
        'd.text > b.more',
        'd.done > c.text',
      ]),
      catalog,
    );
    expect(issues.filter((issue) => issue.code === 'cycle-unmarked')).toHaveLength(1);
    expect(issues[0]?.edge).toBe('d.text->b.more');
    expect(codes({ a: { type: 'step' } }, ['a.text > a.text'])).toContain('cycle-unmarked');
  });

  it('L1: a region is every node on a path from the loop edge’s target to its source', () => {
    const { plan, issues } = compilePlan(
      document(
        {
          a: { type: 'source' },
          b: { type: 'step' },
          m: { type: 'step' },
          e: { type: 'step' },
          side: { type: 'step' },
          c: { type: 'sink' },
        },
        [
          'a.text > b.text',
          'b.text > m.text',
          'm.text > e.text',
          'b.done > side.text',
          'e.done > c.text',
          loop('e.text', 'b.more', 4),
        ],
      ),
      catalog,
    );
    expect(plan?.regions).toHaveLength(1);
    const region = plan?.regions[0];
    expect(region?.nodes.map((node) => plan?.nodes[node]?.id).sort()).toEqual(['b', 'e', 'm']);
    expect(region).toMatchObject({ max: 4, atLimit: 'fail', parent: -1 });
    expect(region?.exitEdges.map((edge) => plan?.edges[edge]?.id).sort()).toEqual([
      'b.done->side.text',
      'e.done->c.text',
    ]);
    expect(region?.innerEdges).toHaveLength(3);
    expect(issues.map((issue) => issue.code)).toEqual(['loop-exit-early']);
  });

  it('L1: loops nest, and those that overlap otherwise are refused', () => {
    const nested = compilePlan(
      document(
        {
          a: { type: 'source' },
          b: { type: 'step' },
          d: { type: 'step' },
          e: { type: 'step' },
          f: { type: 'step' },
          c: { type: 'sink' },
        },
        [
          'a.text > b.text',
          'b.text > d.text',
          'd.text > e.text',
          'e.text > f.text',
          'f.done > c.text',
          loop('f.text', 'b.more'),
          loop('e.done', 'd.more'),
        ],
      ),
      catalog,
    );
    expect(nested.issues).toEqual([]);
    expect(nested.plan?.regions.map((region) => region.nodes.length)).toEqual([2, 4]);
    expect(nested.plan?.regions[0]?.parent).toBe(1);
    expect(nested.plan?.nodes[nested.plan.indexOf.get('d') ?? -1]?.regionChain).toEqual([1, 0]);
    expect(
      codes(
        {
          a: { type: 'source' },
          b: { type: 'step' },
          d: { type: 'step' },
          e: { type: 'step' },
          f: { type: 'step' },
          c: { type: 'sink' },
        },
        [
          'a.text > b.text',
          'b.text > d.text',
          'd.text > e.text',
          'e.text > f.text',
          'f.done > c.text',
          loop('e.done', 'b.more'),
          loop('f.text', 'd.more'),
        ],
      ),
    ).toContain('loop-overlap');
  });

  it('L2: a loop edge may share an input with one entry edge, and must close a cycle', () => {
    expect(codes(simple, ['a.text > b.text', 'b.text > c.text', loop('b.done', 'b.text')])).toEqual([]);
    expect(
      codes({ ...simple, d: { type: 'step' } }, ['a.text > b.text', 'b.text > c.text', loop('b.text', 'd.text')]),
    ).toContain('loop-not-closing');
  });

  it('R2: join any needs optional inputs', () => {
    expect(
      codes({ a: { type: 'source' }, s: { type: 'strict', run: { join: 'any' } }, c: { type: 'sink' } }, [
        'a.text > s.text',
        's.text > c.text',
      ]),
    ).toContain('join-any-required');
  });

  it('R3: every step has an error port that edges may leave', () => {
    const { plan, issues } = compilePlan(document(simple, ['a.text > b.text', 'b.error > c.json']), catalog);
    expect(issues).toEqual([]);
    expect(plan?.nodes[1]?.errorOutput).toBe(2);
    expect(plan?.nodes[2]?.errorOutput).toBe(-1);
  });

  it('gives pass-through outputs the type that is connected', () => {
    const nodes: Nodes = {
      a: { type: 'source' },
      t: { type: 'through' },
      u: { type: 'through' },
      s: { type: 'strict' },
      c: { type: 'sink' },
    };
    const { issues, ports } = compilePlan(
      document(nodes, ['a.text > t.value', 't.value > u.value', 'u.value > s.text', 's.text > c.text']),
      catalog,
    );
    expect(issues).toEqual([]);
    expect(ports.get('u')?.outputs['value']?.type).toBe('Text');
  });

  it('warns of a node that nothing reaches', () => {
    const { plan, issues } = compilePlan(
      document({ ...simple, lone: { type: 'step' } }, ['a.text > b.text', 'b.text > c.text']),
      catalog,
    );
    expect(issues).toEqual([expect.objectContaining({ code: 'node-unreached', severity: 'warning', node: 'lone' })]);
    expect(plan).toBeDefined();
  });

  it('compiles sub-workflows of the document and gives their interface as ports', () => {
    const inner = {
      nodes: { a: { type: 'source', version: 1 }, c: { type: 'sink', version: 1 } },
      edges: [{ from: 'a.text', to: 'c.json' }],
    };
    const { plan, issues, ports } = compilePlan(
      document(
        { a: { type: 'source' }, s: { type: 'sub', config: { workflow: '#part' } }, c: { type: 'sink' } },
        ['a.text > s.text', 's.json > c.json'],
        { workflows: { part: inner } },
      ),
      catalog,
    );
    expect(issues).toEqual([]);
    expect(plan?.workflows.get('#part')?.nodes).toHaveLength(2);
    // The inner Json output tells the type that really arrives.
    expect(ports.get('s')?.outputs['json']?.type).toBe('Text');
  });

  it('refuses missing and recursive sub-workflows', () => {
    expect(codes({ s: { type: 'sub', config: { workflow: '#none' } } }, [])).toContain('workflow-missing');
    const self = { nodes: { s: { type: 'sub', version: 1, config: { workflow: '#self' } } }, edges: [] };
    expect(codes({ s: { type: 'sub', config: { workflow: '#self' } } }, [], { workflows: { self } })).toContain(
      'workflow-invalid',
    );
    const slug = document({ s: { type: 'sub', config: { workflow: 'me' } } }, []);
    expect(compilePlan(slug, catalog, { workflow: () => slug }).issues.map((issue) => issue.code)).toContain(
      'workflow-invalid',
    );
  });

  it('B4: joins what sources, collections and nodes say along every edge, and marks edges over a ceiling', () => {
    const labelled = createCatalog([
      ...catalog.list(),
      defineNode({
        ...base,
        type: 'search',
        title: 'Search',
        role: 'step',
        config: z.object({}),
        inputs: { text: Text },
        outputs: { text: Text },
        references: () => [{ kind: 'collection', id: 'secret', field: 'collection' }],
        run: () => ({}),
      }),
      defineNode({
        ...base,
        type: 'remote',
        title: 'Remote',
        role: 'step',
        config: z.object({}),
        inputs: { text: Text.optional(), more: Text.optional() },
        outputs: { text: Text },
        references: () => [{ kind: 'model', id: 'far/away', field: 'model' }],
        run: () => ({}),
      }),
    ]);
    const { issues, labels, plan } = compilePlan(
      document({ a: { type: 'source' }, s: { type: 'search' }, m: { type: 'remote' }, c: { type: 'sink' } }, [
        'a.text > s.text',
        'a.text > m.more',
        's.text > m.text',
        'm.text > c.text',
      ]),
      labelled,
      { collections: new Map([['secret', labelOf('confidential')]]), ceilings: new Map([['far/away', 'internal']]) },
    );
    expect(plan).toBeDefined();
    expect([...labels].map(([id, label]) => `${id} ${label.level}`)).toEqual([
      'a internal',
      's confidential',
      'm confidential',
      'c confidential',
    ]);
    expect(issues).toEqual([
      expect.objectContaining({ code: 'label-exceeds', severity: 'warning', edge: 's.text->m.text', node: 'm' }),
    ]);
  });

  it('compiles a 10,000-deep chain without exhausting the stack, also as one cycle', () => {
    const count = 10_000;
    const nodes: Nodes = { n0: { type: 'source' } };
    const edges: (string | DocumentEdge)[] = [];
    for (let index = 1; index < count; index += 1) {
      nodes[`n${index}`] = { type: 'step' };
      edges.push(`n${index - 1}.text > n${index}.text`);
    }
    const chain = document(nodes, edges);
    expect(compilePlan(chain, catalog).plan?.nodes).toHaveLength(count);
    expect(codes(nodes, [...edges, `n${count - 1}.text > n1.more`])).toContain('cycle-unmarked');
    expect(
      compilePlan(document(nodes, [...edges, loop(`n${count - 1}.text`, 'n1.more')]), catalog).plan?.regions[0]?.nodes,
    ).toHaveLength(count - 1);
  });
});

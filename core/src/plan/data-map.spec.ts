import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode, type NodeReference } from '../node/node-definition.js';
import type { Destination } from '../ports/destination.js';
import { Json, Text } from '../types/port.js';
import { base, catalog } from './__fixtures__/plan-documents.js';
import { compilePlan } from './compile-plan.js';
import type { CompileFacts } from './facts.js';

const step = { ...base, role: 'step', inputs: { text: Text.optional(), more: Text.optional() } } as const;
const Named = z.object({ id: z.string().default('') });
const refersTo = (kind: NodeReference['kind']) => ({
  config: Named,
  references: ({ id }: z.infer<typeof Named>) => [{ kind, id, field: 'id' }],
  run: () => ({}),
});
const mapped = createCatalog([
  ...catalog.list().filter(({ type }) => type === 'source'),
  defineNode({
    ...base,
    type: 'sink',
    title: 'Sink',
    role: 'sink',
    config: z.object({}),
    inputs: { text: Json.optional() },
    outputs: {},
    run: () => ({}),
  }),
  defineNode({ ...step, type: 'model', title: 'Model', outputs: { text: Text }, ...refersTo('model') }),
  defineNode({ ...step, type: 'web', title: 'Web', outputs: { text: Text }, ...refersTo('network') }),
  defineNode({ ...step, type: 'search', title: 'Search', outputs: { text: Text }, ...refersTo('collection') }),
  defineNode({
    ...step,
    type: 'store',
    title: 'Store',
    outputs: { text: Text },
    stores: true,
    ...refersTo('collection'),
  }),
  defineNode({
    ...step,
    type: 'redact',
    title: 'Redact',
    outputs: { text: Text, map: Json },
    config: z.object({}),
    declassifies: 'redaction',
    declassifiesTo: () => ({ text: { from: 'confidential', to: 'internal' } }),
    run: () => ({}),
  }),
  defineNode({ ...step, type: 'tools', title: 'Tools', outputs: { text: Text }, ...refersTo('tool') }),
  defineNode({ ...step, type: 'nested', title: 'Nested', outputs: { text: Text }, ...refersTo('workflow') }),
]);

const destinations: Readonly<Record<string, Destination>> = {
  'far/big': { name: 'far/big', clearance: 'internal', isLocal: false },
  near: { name: 'near', clearance: 'restricted', isLocal: true },
  'api.example': { name: 'api.example', clearance: 'internal', isLocal: false },
  open: { name: 'open', clearance: 'public', isLocal: true },
};
const facts: CompileFacts = { destination: ({ id }) => destinations[id] };

type Nodes = Readonly<Record<string, readonly [type: string, id?: string, label?: 'confidential' | 'restricted']>>;
function graphOf(nodes: Nodes, edges: readonly string[]): Pick<WorkflowDocument, 'nodes' | 'edges'> {
  return {
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, [type, id, label]]) => [
        name,
        { type, version: 1, config: id === undefined ? {} : { id }, ...(label === undefined ? {} : { label }) },
      ]),
    ),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split(' > ');
      return { from, to };
    }),
  };
}
const compile = (nodes: Nodes, edges: readonly string[], inner: Pick<WorkflowDocument, 'workflows'> = {}) =>
  compilePlan({ heddle: 2, name: 'W', ...graphOf(nodes, edges), ...inner }, mapped, facts);
const lines = (result: ReturnType<typeof compile>): string[] =>
  result.dataMap.map(
    ({ node, destination, kind, level, isLocal, declassifiedBy }) =>
      `${node}: ${level} to ${kind} ${destination}${isLocal ? ' (local)' : ''}${declassifiedBy.length === 0 ? '' : ` lowered by ${declassifiedBy.join(', ')}`}`,
  );

describe('the data map', () => {
  it('names every destination that data can reach, and the highest label that can reach it', () => {
    const result = compile(
      {
        a: ['source', undefined, 'confidential'],
        b: ['source'],
        near: ['model', 'near'],
        web: ['web', 'api.example'],
        find: ['search', 'open'],
        keep: ['store', 'open'],
        out: ['sink'],
      },
      [
        'a.text > near.text',
        'b.text > web.text',
        'b.text > find.text',
        'near.text > keep.text',
        'near.text > out.text',
      ],
    );
    expect(lines(result)).toEqual([
      'near: confidential to model near (local)',
      'web: internal to network api.example',
      'keep: confidential to collection open (local)',
      'out: confidential to reply reply',
    ]);
    expect(result.issues.map(({ code, edge }) => [code, edge])).toEqual([['label-exceeds', 'near.text->keep.text']]);
  });

  it('names the model that a tool server may call, with the joined label of the input and the server', () => {
    const graph = graphOf(
      { a: ['source'], t: ['tools', 'files'], q: ['tools', 'quiet'], named: ['tools', 'files__read'] },
      ['a.text > t.text', 'a.text > q.text', 'a.text > named.text'],
    );
    const { dataMap } = compilePlan({ heddle: 2, name: 'W', ...graph }, mapped, {
      ...facts,
      toolLabels: new Map([['files', { level: 'confidential', marks: ['untrusted'] }]]),
      samplingModel: (server) => (server === 'files' ? 'far/big' : undefined),
    });
    expect(dataMap.filter(({ kind }) => kind === 'model')).toEqual([
      expect.objectContaining({
        node: 't',
        destination: 'far/big',
        level: 'confidential',
        clearance: 'internal',
        isLocal: false,
      }),
    ]);
    expect(dataMap.filter(({ kind }) => kind === 'tool').map(({ node, level }) => `${node}: ${level}`)).toEqual([
      't: internal',
      'q: internal',
    ]);
  });

  it('follows a declassification: the declassified output may leave, the map of removed values may not', () => {
    const nodes: Nodes = {
      a: ['source', undefined, 'confidential'],
      r: ['redact'],
      far: ['model', 'far/big'],
      wrong: ['model', 'far/big'],
    };
    const result = compile(nodes, ['a.text > r.text', 'r.text > far.text', 'r.map > wrong.text']);
    expect(lines(result)).toEqual([
      'far: internal to model far/big lowered by r',
      'wrong: confidential to model far/big',
    ]);
    expect([...result.edgeLabels].map(([edge, { level }]) => `${edge} ${level}`)).toEqual([
      'a.text->r.text confidential',
      'r.text->far.text internal',
      'r.map->wrong.text confidential',
    ]);
    expect(result.issues.filter(({ code }) => code === 'label-exceeds').map(({ edge }) => edge)).toEqual([
      'r.map->wrong.text',
    ]);
  });

  it('keeps a label above the level that a declassification covers', () => {
    const result = compile({ a: ['source', undefined, 'restricted'], r: ['redact'], far: ['model', 'far/big'] }, [
      'a.text > r.text',
      'r.text > far.text',
    ]);
    expect(result.issues).toContainEqual(expect.objectContaining({ code: 'label-exceeds', edge: 'r.text->far.text' }));
  });

  it('includes the destinations of nested workflows, with the labels of their inputs', () => {
    const inner = {
      workflows: {
        plain: graphOf({ in: ['source'], far: ['model', 'far/big'], out: ['sink'] }, [
          'in.text > far.text',
          'far.text > out.text',
        ]),
        careful: graphOf({ in: ['source'], r: ['redact'], far: ['model', 'far/big'], out: ['sink'] }, [
          'in.text > r.text',
          'r.text > far.text',
          'far.text > out.text',
        ]),
      },
    };
    const result = compile(
      { a: ['source', undefined, 'confidential'], p: ['nested', '#plain'], c: ['nested', '#careful'] },
      ['a.text > p.text', 'a.text > c.text'],
      inner,
    );
    expect(lines(result)).toEqual([
      'p/far: confidential to model far/big',
      'c/far: internal to model far/big lowered by c/r',
    ]);
    expect(result.issues.filter(({ code }) => code === 'label-exceeds')).toMatchObject([{ node: 'p' }]);
  });

  it('carries a declassification over a loop edge to the next iteration', () => {
    const graph = graphOf(
      {
        a: ['source', undefined, 'confidential'],
        far: ['model', 'near'],
        r: ['redact'],
        again: ['search', 'open'],
      },
      ['a.text > far.text', 'far.text > r.text', 'r.text > again.text'],
    );
    const edges = [...graph.edges, { from: 'again.text', to: 'far.more', loop: { max: 3, atLimit: 'leave' as const } }];
    const result = compilePlan({ heddle: 2, name: 'W', ...graph, edges }, mapped, facts);
    expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(lines(result)).toContain('far: confidential to model near (local) lowered by r');
  });

  it('names the first twenty nodes that declassify a value', () => {
    const names = Array.from({ length: 30 }, (_, index) => `r${index}`);
    const steps = ['a', ...names, 'far'];
    const nodes: Nodes = {
      a: ['source', undefined, 'confidential'],
      far: ['model', 'far/big'],
      ...Object.fromEntries(names.map((name): [string, Nodes[string]] => [name, ['redact']])),
    };
    const edges = steps.slice(1).map((to, index) => `${steps[index] ?? ''}.text > ${to}.text`);
    const { dataMap } = compilePlan({ heddle: 2, name: 'W', ...graphOf(nodes, edges) }, mapped, facts);
    expect(dataMap.map(({ declassifiedBy }) => declassifiedBy)).toEqual([names.slice(0, 20)]);
  });

  it('names the receivers of the outputs, and infers from its id whether an unknown destination is local', () => {
    const nodes: Nodes = {
      a: ['source'],
      own: ['model', 'unknown'],
      other: ['model', 'vendor/unknown'],
      web: ['web', 'else.example'],
      keep: ['store', 'unknown'],
      out: ['sink'],
    };
    const edges = ['own', 'other', 'web', 'keep', 'out'].map((name) => `a.text > ${name}.text`);
    const receivers = [{ kind: 'webhook', name: 'https://hook.example', clearance: 'internal' }] as const;
    const result = compilePlan({ heddle: 2, name: 'W', ...graphOf(nodes, edges) }, mapped, { receivers });
    expect(lines(result)).toEqual([
      'own: internal to model unknown (local)',
      'other: internal to model vendor/unknown',
      'web: internal to network else.example',
      'keep: internal to collection unknown (local)',
      'out: internal to reply reply',
      'out: internal to webhook https://hook.example',
    ]);
  });
});

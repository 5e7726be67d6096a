import { z } from 'zod';
import { parseDocument } from '../../document/parse-document.js';
import type { DocumentEdge, WorkflowDocument } from '../../document/workflow-document.js';
import { createCatalog } from '../../node/catalog.js';
import { defineNode } from '../../node/node-definition.js';
import { Json, many, NumberPort, portOf, Text } from '../../types/port.js';
import { compilePlan } from '../compile-plan.js';

/** What the nodes of the tests have in common. */
export const base = { version: 1, category: 'other', summary: 'For tests.', effects: [] } as const;
/** A source, a sink, and steps with ports of every kind between them. */
export const catalog = createCatalog([
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

/** The nodes of a test by id; version 1 and no config where none is given. */
export type Nodes = Record<
  string,
  { type: string; version?: number; config?: Record<string, unknown>; run?: Record<string, unknown> }
>;

/** A document of these nodes. An edge may be written `a.text > b.text`. */
export function document(
  nodes: Nodes,
  edges: (string | DocumentEdge)[],
  extra: Record<string, unknown> = {},
): WorkflowDocument {
  return parseDocument({
    heddle: 2,
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

/** A loop edge. */
export const loop = (from: string, to: string, max = 3): DocumentEdge => ({ from, to, loop: { max, atLimit: 'fail' } });
/** The codes of the issues that compiling finds. */
export const codes = (nodes: Nodes, edges: (string | DocumentEdge)[], extra = {}): string[] =>
  compilePlan(document(nodes, edges, extra), catalog).issues.map((issue) => issue.code);

/** A source, a step and a sink. */
export const simple: Nodes = { a: { type: 'source' }, b: { type: 'step' }, c: { type: 'sink' } };

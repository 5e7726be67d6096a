import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseDocument } from '../document/parse-document.js';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode } from '../node/node-definition.js';
import { describePorts, describePortsSteps } from '../node/describe-node.js';
import { runInterleaved, watchPieces } from '../testing/pieces.js';
import { portOf, Text } from '../types/port.js';
import { runThrough } from '../values/steps.js';
import { base, catalog } from './__fixtures__/plan-documents.js';
import { bundleSteps, compileBundleSteps } from './bundle.js';
import { compilePlan, compilePlanSteps } from './compile-plan.js';

const at = (type: string, config: object = {}) => ({ type, version: 1, config });
const numbered = <Value>(count: number, name: string, make: (index: number) => Value) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, make(index)]));

/** A source, a row of steps, and a sink. */
function chain(steps: number, type = 'step', config: object = {}) {
  const edges = Array.from({ length: steps - 1 }, (_, index) => ({ from: `n${index}.text`, to: `n${index + 1}.text` }));
  return {
    nodes: { source: at('source'), ...numbered(steps, 'n', () => at(type, config)), sink: at('sink') },
    edges: [{ from: 'source.text', to: 'n0.text' }, ...edges, { from: `n${steps - 1}.text`, to: 'sink.text' }],
  };
}
const documentOf = (graph: object): WorkflowDocument => parseDocument({ heddle: 2, name: 'Large', ...graph });

/** A document with the maximum number of nodes and edges. */
function largest(): WorkflowDocument {
  const { nodes, edges } = chain(9_993);
  const merges = numbered(5, 'm', () => at('merge'));
  const joined = Array.from({ length: 40_005 }, (_, index) => ({
    from: `n${Math.floor(index / 5)}.text`,
    to: `m${index % 5}.values`,
  }));
  return documentOf({
    nodes: { ...nodes, ...merges },
    edges: [...edges, ...joined, { from: 'm0.list', to: 'sink.json' }],
  });
}

describe('compilePlanSteps', () => {
  it('compiles a document of 10,000 nodes and 50,000 edges, in many pieces', () => {
    const document = largest();
    expect([Object.keys(document.nodes).length, document.edges.length]).toEqual([10_000, 50_000]);
    const { result, pieces } = watchPieces(() => compilePlanSteps(document, catalog));
    expect(result.issues).toEqual([]);
    expect([result.plan?.nodes.length, result.plan?.edges.length]).toEqual([10_000, 50_000]);
    expect(pieces).toBeGreaterThan(200);
  });

  it('reads the settings of a bounded number of nodes between two pauses', () => {
    const document = documentOf(chain(2_000));
    const { most } = watchPieces(({ saw }) => compilePlanSteps(document, observed(saw)));
    expect(most).toBeLessThanOrEqual(200);
  });

  it('reads a bounded number of values between two pauses, however few nodes have them', () => {
    const list = Array.from({ length: 4_000 }, (_, index) => index);
    // Each node has its own list.
    const document = documentOf(JSON.parse(JSON.stringify(chain(12, 'listing', { list }))) as object);
    const { result, most } = watchPieces(({ watch }) =>
      compilePlanSteps(
        watch(document),
        observed(() => undefined),
      ),
    );
    expect(result.issues).toEqual([]);
    expect(most).toBeLessThanOrEqual(10_000);
  });

  it('pauses between inner workflows, however small they are', () => {
    const workflows = numbered(200, 'w', () => chain(15));
    const nodes = {
      source: at('source'),
      ...numbered(200, 's', (index) => at('sub', { workflow: `#w${index}` })),
      sink: at('sink'),
    };
    const edges = Array.from({ length: 200 }, (_, index) => ({ from: 'source.text', to: `s${index}.text` }));
    const document = documentOf({ nodes, edges: [...edges, { from: 's0.text', to: 'sink.text' }], workflows });
    const { result, pieces, most } = watchPieces(({ saw }) => compilePlanSteps(document, observed(saw)));
    expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(pieces).toBeGreaterThanOrEqual(200);
    expect(most).toBeLessThanOrEqual(200);
  });

  it('gives the same results in pieces, for several documents at the same time', () => {
    const broken = chain(700);
    const documents = [
      documentOf(chain(700)),
      documentOf({ ...broken, edges: broken.edges.slice(1).map((edge) => ({ ...edge, from: edge.to })) }),
      documentOf({
        ...chain(3),
        workflows: { w: chain(600) },
        nodes: { ...chain(3).nodes, s: at('sub', { workflow: '#w' }) },
        edges: [...chain(3).edges, { from: 'source.text', to: 's.text' }],
      }),
      documentOf({ nodes: {}, edges: [] }),
    ];
    const together = runInterleaved(documents.map((document) => compilePlanSteps(document, catalog)));
    for (const [index, document] of documents.entries())
      expect(together[index]).toEqual(compilePlan(document, catalog));
    expect(together.map(({ plan }) => plan !== undefined)).toEqual([true, false, true, false]);
  });
});

describe('bundleSteps', () => {
  const stored = numbered(300, 'w', (index) =>
    documentOf({ nodes: { ...chain(60).nodes, s: at('sub', { workflow: `w${index + 1}` }) }, edges: chain(60).edges }),
  );
  const find = (slug: string): WorkflowDocument | undefined => stored[slug];

  it('collects each workflow once, and pauses even between small ones', () => {
    const first = documentOf({
      nodes: { a: at('sub', { workflow: 'w0' }), b: at('sub', { workflow: 'w0' }) },
      edges: [],
    });
    const { result, pieces, most } = watchPieces(({ watch }) =>
      bundleSteps(first, catalog, (slug) => watch(find(slug))),
    );
    expect(Object.keys(result.workflows)).toHaveLength(300);
    expect(pieces).toBeGreaterThanOrEqual(100);
    expect(most).toBeLessThanOrEqual(2_000);
    const again = runInterleaved([bundleSteps(first, catalog, find), bundleSteps(first, catalog, find)]);
    expect(again.map(({ workflows }) => Object.keys(workflows))).toEqual([Object.keys(stored), Object.keys(stored)]);
  });

  it('contains all that compiles the plan again, independent of what is stored now', () => {
    const inner = documentOf(chain(700));
    const outer = documentOf({
      nodes: { source: at('source'), s: at('sub', { workflow: 'inner' }), sink: at('sink') },
      edges: [
        { from: 'source.text', to: 's.text' },
        { from: 's.text', to: 'sink.text' },
      ],
    });
    const bundle = runThrough(bundleSteps(outer, catalog, (slug) => (slug === 'inner' ? inner : undefined)));
    expect(bundle).toEqual({ document: outer, workflows: { inner } });
    const { result, pieces } = watchPieces(() => compileBundleSteps(bundle, catalog));
    expect(result.issues).toEqual([]);
    expect(result).toEqual(runThrough(compileBundleSteps(bundle, catalog)));
    expect(pieces).toBeGreaterThan(5);
    expect(runThrough(compileBundleSteps({ ...bundle, workflows: {} }, catalog)).issues[0]?.code).toBe(
      'workflow-missing',
    );
  });
});

describe('describePortsSteps', () => {
  it('pauses after every fifty ports', () => {
    const ports = numbered(1_000, 'p', () => Text.optional());
    const { result, pieces, most } = watchPieces(({ saw }) =>
      describePortsSteps(
        numbered(1_000, 'p', (index) =>
          Object.defineProperty({ ...Text.optional() }, 'help', { get: () => saw(index) }),
        ),
      ),
    );
    expect(result).toEqual(describePorts(ports));
    expect(pieces).toBe(21);
    expect(most).toBeLessThanOrEqual(50);
  });
});

/** The catalog of the tests; it reports each config whose ports are computed. */
const observed = (saw: (config: unknown) => void) =>
  createCatalog([
    ...catalog.list().filter(({ type }) => type !== 'step'),
    defineNode({
      ...base,
      type: 'step',
      title: 'Step',
      role: 'step',
      config: z.object({}),
      inputs: {},
      outputs: {},
      ports: (config) => {
        saw(config);
        return { inputs: { text: portOf('Text') }, outputs: { text: portOf('Text') } };
      },
      run: () => ({}),
    }),
    defineNode({
      ...base,
      type: 'listing',
      title: 'Listing',
      role: 'step',
      config: z.object({ list: z.array(z.number()) }),
      inputs: { text: Text },
      outputs: { text: Text },
      references: () => [],
      run: () => ({}),
    }),
  ]);

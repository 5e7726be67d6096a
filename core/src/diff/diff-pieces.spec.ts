import { describe, expect, it } from '@jest/globals';
import { largeDocument, type Extent } from '../document/__fixtures__/large-document.js';
import { parseDocument } from '../document/parse-document.js';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { runInterleaved, watchPieces } from '../testing/pieces.js';
import { diffDocuments, diffDocumentsSteps } from './diff-documents.js';
import { mergeDocuments, mergeDocumentsSteps } from './merge-documents.js';

/** A large document, and a copy in which the last value of each node differs. */
function twoOf(extent: Extent): readonly [WorkflowDocument, WorkflowDocument] {
  const graphs = (given: ReturnType<typeof largeDocument>) => [given, ...Object.values(given.workflows ?? {})];
  const changed = largeDocument(extent);
  for (const { nodes } of graphs(changed))
    for (const { config } of Object.values(nodes))
      if (config.values.length > 0) config.values[config.values.length - 1] = -1;
  return [parseDocument(largeDocument(extent)), parseDocument(changed)];
}

const shapes: readonly (readonly [string, Extent, number])[] = [
  ['many nodes', { nodes: 2_000, values: 1 }, 5],
  ['many small workflows inside', { nodes: 10, inner: 199, values: 1 }, 5],
  ['few nodes with many values', { nodes: 8, values: 5_000 }, 5],
];

/** Twelve nodes with 12,000 edges. */
const manyEdges = (): WorkflowDocument =>
  parseDocument({
    ...largeDocument({ nodes: 12 }),
    edges: Array.from({ length: 12_000 }, (_, index) => ({ from: `n${index % 12}.port${index}`, to: 'n0.values' })),
  });

describe('a comparison in pieces', () => {
  it.each(shapes)('reads a bounded number of values between two pauses: %s', (_what, extent, least) => {
    const [before, after] = twoOf(extent);
    const { result, pieces, most } = watchPieces(({ watch }) => diffDocumentsSteps(watch(before), watch(after)));
    expect(pieces).toBeGreaterThanOrEqual(least);
    // The limit covers both documents, and one step that lists all edges by their ends.
    expect(most).toBeLessThanOrEqual(20_000);
    expect(result.nodes).toHaveLength(extent.nodes);
    expect(JSON.stringify(result) === JSON.stringify(diffDocuments(before, after))).toBe(true);
  });

  it('reads a bounded number of edges between two pauses if a node with very many edges is renamed', () => {
    const star = (hub: string): WorkflowDocument =>
      parseDocument({
        ...largeDocument({ nodes: 1_000 }),
        nodes: { ...largeDocument({ nodes: 1_000 }).nodes, [hub]: { type: 'merge', version: 1, config: {} } },
        edges: Array.from({ length: 8_000 }, (_, index) => ({
          from: `n${index % 1_000}.port${Math.floor(index / 1_000)}`,
          to: `${hub}.values`,
        })),
      });
    const before = star('hub');
    const after = star('joint');
    const { result, most } = watchPieces(({ saw }) =>
      diffDocumentsSteps(
        { ...before, edges: observed(before.edges, saw) },
        { ...after, edges: observed(after.edges, saw) },
      ),
    );
    expect(result.nodes).toEqual([{ id: 'joint', change: 'renamed', from: 'hub', type: 'merge', fields: [] }]);
    expect(result.edges).toEqual([]);
    expect(most).toBeLessThanOrEqual(2_000);
  });

  it('lists a bounded number of edges between two pauses', () => {
    const { most } = watchPieces(({ watch }) => diffDocumentsSteps(watch(manyEdges()), watch(manyEdges())));
    // The limit covers each edge and its two ends.
    expect(most).toBeLessThanOrEqual(30_000);
  });

  it('is done for several at the same time', () => {
    const pairs = shapes.map(([, extent]) => twoOf({ ...extent, nodes: Math.ceil(extent.nodes / 10), values: 10 }));
    expect(runInterleaved(pairs.map(([before, after]) => diffDocumentsSteps(before, after)))).toEqual(
      pairs.map(([before, after]) => diffDocuments(before, after)),
    );
  });
});

/** Edges that report each time they are compared or written as text. */
const observed = (edges: WorkflowDocument['edges'], saw: (edge: unknown) => void): WorkflowDocument['edges'] =>
  edges.map((edge) => ({
    ...edge,
    loop: {
      atLimit: 'fail',
      get max() {
        saw(edge);
        return 3;
      },
    },
  }));

describe('a merge in pieces', () => {
  it.each(shapes)('reads a bounded number of values between two pauses: %s', (_what, extent, least) => {
    const [base, mine] = twoOf(extent);
    const theirs = { ...base, description: 'Theirs.' };
    const { result, pieces, most } = watchPieces(({ watch }) =>
      mergeDocumentsSteps(watch(base), watch(mine), watch(theirs)),
    );
    expect(pieces).toBeGreaterThanOrEqual(least);
    // The limit covers three documents.
    expect(most).toBeLessThanOrEqual(25_000);
    expect(result.conflicts).toEqual([]);
    expect(JSON.stringify(result) === JSON.stringify(mergeDocuments(base, mine, theirs))).toBe(true);
    expect(diffDocuments(mine, result.document)).toMatchObject({ nodes: [], fields: [{ path: 'description' }] });
  });

  it('lists a bounded number of edges between two pauses', () => {
    const { most } = watchPieces(({ watch }) => mergeDocumentsSteps(undefined, watch(manyEdges()), watch(manyEdges())));
    // The limit covers each edge and its two ends.
    expect(most).toBeLessThanOrEqual(30_000);
  });

  it('is done for several at the same time', () => {
    const pairs = shapes.map(([, extent]) => twoOf({ ...extent, nodes: Math.ceil(extent.nodes / 10), values: 10 }));
    expect(runInterleaved(pairs.map(([base, mine]) => mergeDocumentsSteps(undefined, mine, base)))).toEqual(
      pairs.map(([base, mine]) => mergeDocuments(undefined, mine, base)),
    );
  });
});

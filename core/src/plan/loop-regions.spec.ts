import { describe, expect, it } from '@jest/globals';
import type { DocumentEdge } from '../document/workflow-document.js';
import { catalog, codes, document, loop, simple, type Nodes } from './__fixtures__/plan-documents.js';
import { compilePlan } from './compile-plan.js';

describe('compilePlan: cycles and loops', () => {
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

  it('puts every node on a path from the target of the loop edge to its source into the region', () => {
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

  it('accepts nested loops and refuses loops that overlap otherwise', () => {
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

  it('lets a loop edge share an input with one entry edge, and refuses one that closes no cycle', () => {
    expect(codes(simple, ['a.text > b.text', 'b.text > c.text', loop('b.done', 'b.text')])).toEqual([]);
    expect(
      codes({ ...simple, d: { type: 'step' } }, ['a.text > b.text', 'b.text > c.text', loop('b.text', 'd.text')]),
    ).toContain('loop-not-closing');
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

import { describe, expect, it } from '@jest/globals';
import { parseDocument } from './parse-document.js';
import { sketchOf } from './sketch-document.js';

const node = { type: 'set', version: 1 };
const documentOf = (layout?: object) =>
  parseDocument({
    heddle: 2,
    name: 'Sketched',
    nodes: { a: node, b: node, c: node },
    edges: [
      { from: 'a.x', to: 'b.x' },
      { from: 'a.y', to: 'b.y' },
      { from: 'b.x', to: 'gone.x' },
    ],
    ...layout,
  });

describe('the sketch of a workflow', () => {
  it('has each pair of connected nodes once, and no edge that leads nowhere', () => {
    const layout = { nodes: { a: [0.4, 0], b: [320, 0], c: [0, 200] }, notes: [], groups: [] };
    expect(sketchOf(documentOf({ layout }))).toEqual({
      types: ['set', 'set', 'set'],
      nodes: [
        [0, 0],
        [320, 0],
        [0, 200],
      ],
      edges: [[0, 1]],
    });
  });

  it('puts nodes without positions into columns', () => {
    const sketch = sketchOf(documentOf());
    expect(sketch?.nodes[1]?.[0]).toBeGreaterThan(sketch?.nodes[0]?.[0] ?? 0);
  });

  it('is missing if there is nothing or too much to draw', () => {
    const many = Object.fromEntries(Array.from({ length: 81 }, (_none, index) => [`n${index}`, node]));
    expect(sketchOf(parseDocument({ heddle: 2, name: 'Empty', nodes: {}, edges: [] }))).toBeUndefined();
    expect(sketchOf(parseDocument({ heddle: 2, name: 'Many', nodes: many, edges: [] }))).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseDocument } from './parse-document.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode } from '../node/node-definition.js';
import { sketchOf } from './sketch-document.js';

const node = { type: 'set', version: 1 };
const catalog = createCatalog([
  defineNode({
    type: 'set',
    version: 1,
    category: 'data',
    icon: 'braces',
    title: 'Set',
    summary: 'Sets.',
    role: 'step',
    effects: [],
    config: z.object({}),
    inputs: {},
    outputs: {},
    run: () => ({}),
  }),
]);
const documentOf = (layout?: object) =>
  parseDocument({
    heddle: 2,
    name: 'Sketched',
    nodes: { a: node, b: node, c: { type: 'unknown', version: 1 } },
    edges: [
      { from: 'a.x', to: 'b.x' },
      { from: 'a.y', to: 'b.y' },
      { from: 'b.x', to: 'gone.x' },
    ],
    ...layout,
  });

describe('the sketch of a workflow', () => {
  it('has one edge for each pair of connected nodes, and none to a missing node', () => {
    const layout = { nodes: { a: [0.4, 0], b: [320, 0], c: [0, 200] }, notes: [], groups: [] };
    expect(sketchOf(documentOf({ layout }), catalog)).toEqual({
      icons: [
        ['braces', 'data'],
        ['braces', 'data'],
        ['', ''],
      ],
      nodes: [
        [0, 0],
        [320, 0],
        [0, 200],
      ],
      edges: [[0, 1]],
    });
  });

  it('puts nodes without positions into columns', () => {
    const sketch = sketchOf(documentOf(), catalog);
    expect(sketch?.nodes[1]?.[0]).toBeGreaterThan(sketch?.nodes[0]?.[0] ?? 0);
  });

  it('is missing if the workflow has no nodes or more than 80', () => {
    const many = Object.fromEntries(Array.from({ length: 81 }, (_none, index) => [`n${index}`, node]));
    expect(sketchOf(parseDocument({ heddle: 2, name: 'Empty', nodes: {}, edges: [] }), catalog)).toBeUndefined();
    expect(sketchOf(parseDocument({ heddle: 2, name: 'Many', nodes: many, edges: [] }), catalog)).toBeUndefined();
  });
});

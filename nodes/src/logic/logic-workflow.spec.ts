import { describe, expect, it } from '@jest/globals';
import { compilePlan, createCatalog, parseDocument } from '@heddle/core';
import { standardNodes } from '../index.js';

describe('a workflow of logic nodes', () => {
  it('compiles with the types behind a switch, the ports of a sub-workflow, and each and merge', () => {
    const inner = {
      nodes: {
        in: { type: 'input', version: 1, config: { fields: [{ name: 'item', type: 'Text' }] } },
        out: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
      },
      edges: [{ from: 'in.item', to: 'out.text' }],
      layout: { nodes: {} },
    };
    const document = parseDocument({
      heddle: 2,
      name: 'Logic',
      nodes: {
        start: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
        route: { type: 'switch', version: 1, config: { cases: [{ name: 'long', when: 'length(value) > 10' }] } },
        sub: { type: 'workflow', version: 1, config: { workflow: '#part' } },
        shape: { type: 'set', version: 1, config: { value: ['{{ text }}'] } },
        loop: { type: 'each', version: 1, config: { workflow: '#part' } },
        join: { type: 'merge', version: 1, config: { mode: 'text' }, run: { join: 'any' } },
        end: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
      },
      edges: [
        { from: 'start.text', to: 'route.value' },
        { from: 'route.long', to: 'sub.item' },
        { from: 'route.otherwise', to: 'shape.text' },
        { from: 'shape.value', to: 'loop.items' },
        { from: 'sub.text', to: 'join.values' },
        { from: 'loop.items', to: 'join.values' },
        { from: 'join.text', to: 'end.text' },
      ],
      workflows: { part: inner },
      layout: { nodes: {}, notes: [], groups: [] },
    });
    expect(compilePlan(document, createCatalog(standardNodes)).issues).toEqual([]);
  });
});

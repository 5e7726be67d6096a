import { describe, expect, it } from '@jest/globals';
import { parseDocument, type NodeDescription } from '@heddle/core';
import { flowEdges, flowNodes } from '../canvas/flow/to-flow.js';
import { usedPorts } from './read/edge-index.js';
import { headlineOf } from './read/headline.js';
import { looseEnds } from './read/ports-of.js';

const node = (type: string) => ({ type, version: 1, config: {} });
const document = parseDocument({
  heddle: 2,
  name: 'Test',
  nodes: { a: node('input'), b: node('generate'), c: node('output') },
  edges: [
    { from: 'a.q', to: 'b.prompt' },
    { from: 'b.text', to: 'c.answer' },
    { from: 'b.text', to: 'gone.x' },
  ],
});
const generate: NodeDescription = {
  type: 'generate',
  version: 1,
  category: 'model',
  title: 'Generate',
  summary: '',
  role: 'step',
  effects: [],
  headline: 'model',
  hasDynamicPorts: false,
  config: { properties: { model: { title: 'Model' } } },
  defaults: { model: 'small' },
  inputs: [],
  outputs: [],
};

describe('a document on the canvas', () => {
  it('is laid out in columns from left to right when it has no positions', () => {
    const nodes = flowNodes(document, []);
    expect(nodes.map(({ id, position }) => [id, position.x])).toEqual([
      ['a', 0],
      ['b', 320],
      ['c', 640],
    ]);
  });

  it('keeps the objects of nodes that did not move', () => {
    const before = flowNodes(document, []);
    const moved = parseDocument({ ...document, layout: { nodes: { a: [0, 0], b: [320, 50], c: [640, 0] } } });
    const after = flowNodes(moved, before);
    expect(after.map((entry, index) => entry === before[index])).toEqual([true, false, true]);
  });

  it('leaves out edges to missing nodes', () => {
    expect(flowEdges(document).map(({ id }) => id)).toEqual(['a.q->b.prompt', 'b.text->c.answer']);
  });

  it('shows ports that only edges name as loose ends', () => {
    expect(looseEnds({ inputs: [], outputs: [] }, usedPorts(document, 'b'))).toEqual({
      inputs: ['prompt'],
      outputs: ['text'],
    });
    expect(looseEnds({ inputs: [], outputs: [] }, usedPorts(document, 'nobody'))).toEqual({ inputs: [], outputs: [] });
    expect(usedPorts({ edges: [{ from: 'b.error', to: 'c.answer' }] }, 'b').isErrorUsed).toBe(true);
  });

  it('shows the most important setting of a node: its own value, otherwise the default', () => {
    expect(headlineOf({ ...node('generate'), config: { model: 'big' } }, generate)).toEqual({
      title: 'Model',
      value: 'big',
    });
    expect(headlineOf(node('generate'), generate)).toEqual({ title: 'Model', value: 'small' });
    expect(headlineOf(node('generate'), undefined)).toBeUndefined();
    const route = {
      ...generate,
      headline: 'prefer',
      config: { properties: { prefer: { title: 'Prefer', labels: { order: 'The first' } } } },
    };
    expect(headlineOf({ ...node('route'), config: { prefer: 'order' } }, route)?.value).toBe('The first');
    const stored = {
      ...route,
      config: { properties: { ...route.config.properties, policy: { title: 'Policy', widget: 'policy' } } },
    };
    const routed = (policy: string) => headlineOf({ ...node('route'), config: { prefer: 'order', policy } }, stored);
    expect(routed('house')).toEqual({ title: 'Policy', value: 'house' });
    expect(routed('')?.value).toBe('The first');
    const fallback = {
      ...generate,
      headline: 'models.0',
      config: { properties: { models: { title: 'Models', items: { type: 'string' } } } },
    };
    expect(headlineOf({ ...node('fallback'), config: { models: ['near'] } }, fallback)).toEqual({
      title: 'Models',
      value: 'near',
    });
  });
});

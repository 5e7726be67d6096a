import { describe, expect, it } from '@jest/globals';
import { parseDocument, type NodeDescription, type PortDescription } from '@heddle/core';
import { foreignText } from './foreign-node.js';
import { openEnds, partnersOf } from './open-ends.js';
import { stateText } from './spoken-node.js';

const port = (name: string, type: PortDescription['type']): PortDescription => ({
  name,
  type,
  mode: 'one',
  isOptional: false,
});
const type = (name: string, inputs: PortDescription[], outputs: PortDescription[]): NodeDescription => ({
  type: name,
  version: 1,
  category: 'data',
  title: name.toUpperCase(),
  summary: '',
  role: 'step',
  effects: [],
  hasDynamicPorts: false,
  config: {},
  defaults: {},
  inputs,
  outputs,
});
const byType = new Map([
  ['source', type('source', [], [port('text', 'Text')])],
  [
    'step',
    type('step', [port('value', 'Json'), port('words', 'Text'), port('numbers', 'Vector')], [port('out', 'Json')]),
  ],
]);
const node = (name: string) => ({ type: name, version: 1, config: {} });
const document = parseDocument({
  heddle: 2,
  name: 'T',
  nodes: { a: node('source'), b: node('step'), c: node('step') },
  edges: [{ from: 'a.text', to: 'b.words' }],
});
const state = { document, compiled: undefined };

describe('ports by name', () => {
  it('are those of the selected nodes, outputs first', () => {
    expect(openEnds(state, byType, ['b']).map(({ id, side }) => `${id} ${side}`)).toEqual([
      'b.out output',
      'b.value input',
      'b.words input',
      'b.numbers input',
    ]);
  });

  it('offer only partners that fit, the same type first, without those that are connected already', () => {
    expect(partnersOf(state, byType, { end: 'a.text', side: 'output' }).map(({ id }) => id)).toEqual([
      'c.words',
      'b.value',
      'c.value',
    ]);
    expect(partnersOf(state, byType, { end: 'c.words', side: 'input' }).map(({ id }) => id)).toEqual(['a.text']);
    expect(partnersOf(state, byType, { end: 'gone.x', side: 'output' })).toEqual([]);
  });

  it('say when an edge would be replaced', () => {
    const taken = parseDocument({ ...document, nodes: { ...document.nodes, d: node('source') } });
    const ends = partnersOf({ document: taken, compiled: undefined }, byType, { end: 'd.text', side: 'output' });
    expect(ends.find(({ id }) => id === 'b.words')?.note).toBe('replaces its edge');
  });
});

describe('texts for screen readers', () => {
  const nothing = { nodes: [], edges: [], notes: [], groups: [] };
  it('describe the inputs and outputs of one node, and count several items', () => {
    expect(stateText(document, byType, { ...nothing, nodes: ['b'] })).toBe(
      'STEP. Inputs: words from SOURCE. No outputs.',
    );
    expect(stateText(document, byType, { ...nothing, nodes: ['a', 'b'] })).toBe('2 items selected');
    expect(stateText(document, byType, nothing)).toBe('');
  });
});

describe('a foreign node', () => {
  it('has an unknown type or a newer version', () => {
    expect(foreignText(node('x'), undefined)).toContain('Unknown type x');
    expect(foreignText({ type: 'step', version: 3 }, { version: 2 })).toContain('Version 3, this Heddle knows 2');
    expect(foreignText(node('step'), { version: 2 })).toBeUndefined();
  });
});

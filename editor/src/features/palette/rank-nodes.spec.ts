import { describe, expect, it } from '@jest/globals';
import type { NodeDescription, PortDescription } from '@heddle/core';
import { lastResorts, rankNodes, type FoundNode } from './rank-nodes.js';

const port = (name: string, type: PortDescription['type'], isOptional = false): PortDescription => ({
  name,
  type,
  mode: 'one',
  isOptional,
});
const node = (type: string, more: Partial<NodeDescription> = {}): NodeDescription => ({
  type,
  version: 1,
  category: 'data',
  title: type,
  summary: '',
  role: 'step',
  effects: [],
  config: {},
  defaults: {},
  inputs: [],
  outputs: [],
  hasDynamicPorts: false,
  ...more,
});
const nodes = [
  node('input', { role: 'source', hasDynamicPorts: true }),
  node('prompt', { title: 'Prompt', hasDynamicPorts: true, outputs: [port('text', 'Text')] }),
  node('generate', {
    title: 'Generate',
    summary: 'Answers a prompt with a model.',
    category: 'model',
    inputs: [port('prompt', 'Text', true), port('passages', 'Passages', true)],
    outputs: [port('text', 'Text')],
  }),
  node('retrieve', {
    title: 'Retrieve',
    category: 'retrieval',
    inputs: [port('query', 'Text')],
    outputs: [port('passages', 'Passages')],
  }),
];
const types = (list: readonly FoundNode[]): string[] => list.map(({ node: { type } }) => type);

describe('rankNodes', () => {
  it('keeps the order for an empty search, and requires every word of another search', () => {
    expect(types(rankNodes(nodes, ''))).toEqual(['input', 'prompt', 'generate', 'retrieve']);
    expect(types(rankNodes(nodes, 'prompt model'))).toEqual(['generate']);
    expect(rankNodes(nodes, 'nothing like it')).toEqual([]);
  });

  it('puts titles before summaries', () => {
    expect(types(rankNodes(nodes, 'prompt'))).toEqual(['prompt', 'generate']);
  });

  it('offers only types that fit a loose edge, certain ones first', () => {
    expect(types(rankNodes(nodes, '', { side: 'output', type: 'Passages' }))).toEqual(['generate', 'prompt']);
    expect(types(rankNodes(nodes, '', { side: 'input', type: 'Passages' }))).toEqual(['retrieve', 'input', 'prompt']);
  });

  const searched = [
    ...nodes,
    node('each', { title: 'For each', keywords: ['loop', 'foreach', 'input list'] }),
    node('classify', { title: 'Classify', keywords: ['category'] }),
    node('switch', { title: 'Switch', keywords: ['if', 'if else'] }),
    node('http', {
      standsFor: [{ names: ['slack', 'prompt service'], note: 'HTTP posts to it.' }],
      hasDynamicPorts: true,
    }),
    node('code', { inputs: [port('value', 'Json')] }),
  ];

  it('finds a node by its keywords, below a match in the title', () => {
    expect(types(rankNodes(searched, 'Loop'))).toEqual(['each']);
    expect(types(rankNodes(searched, 'input'))[0]).toBe('input');
    expect(types(rankNodes(searched, 'input'))).toContain('each');
  });

  it('does not find a short term inside another word', () => {
    expect(types(rankNodes(searched, 'if'))).toEqual(['switch']);
  });

  it.each([
    ['a plural', 'loops', 'each'],
    ['a plural in ies', 'categories', 'classify'],
    ['a typing error', 'looop', 'each'],
    ['swapped letters', 'retreive', 'retrieve'],
    ['fillers', 'the node for a loop', 'each'],
    ['several words as one', 'if else', 'switch'],
    ['another case and spaces', '  IF   Else ', 'switch'],
  ])('reads %s', (_what, query, first) => {
    expect(types(rankNodes(searched, query))[0]).toBe(first);
  });

  it('says how a node does a task that has no node of its own', () => {
    expect(rankNodes(searched, 'slack')).toMatchObject([{ node: { type: 'http' }, note: 'HTTP posts to it.' }]);
    const [named, other] = rankNodes(searched, 'prompt');
    expect([named?.note, other?.note]).toEqual([undefined, 'HTTP posts to it.']);
  });

  it('offers general node types that fit the edge when nothing matches', () => {
    expect(types(lastResorts(searched))).toEqual(['http', 'code']);
    expect(types(lastResorts(searched, { side: 'output', type: 'Passages' }))).toContain('http');
  });

  it('takes a search of any length with any characters', () => {
    expect(rankNodes(searched, 'x'.repeat(100_000))).toEqual([]);
    expect(rankNodes(searched, '.*+?^$()[]')).toEqual([]);
  });
});

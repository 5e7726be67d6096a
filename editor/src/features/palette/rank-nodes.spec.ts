import { describe, expect, it } from '@jest/globals';
import type { NodeDescription, PortDescription } from '@heddle/core';
import { rankNodes } from './rank-nodes.js';

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
const types = (list: readonly NodeDescription[]): string[] => list.map(({ type }) => type);

describe('rankNodes', () => {
  it('keeps the order for an empty search, and needs every word', () => {
    expect(types(rankNodes(nodes, ''))).toEqual(['input', 'prompt', 'generate', 'retrieve']);
    expect(types(rankNodes(nodes, 'prompt model'))).toEqual(['generate']);
    expect(rankNodes(nodes, 'nothing like it')).toEqual([]);
  });

  it('puts titles before summaries', () => {
    expect(types(rankNodes(nodes, 'prompt'))).toEqual(['prompt', 'generate']);
  });

  it('offers a loose edge only what can take it, sure ones first', () => {
    expect(types(rankNodes(nodes, '', { side: 'output', type: 'Passages' }))).toEqual(['generate', 'prompt']);
    expect(types(rankNodes(nodes, '', { side: 'input', type: 'Passages' }))).toEqual(['retrieve', 'input', 'prompt']);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { NodeDescription, PortDescription } from '@heddle/core';
import { usedPorts } from './edge-index.js';
import { foldPorts } from './fold-ports.js';

const port = (name: string): PortDescription => ({
  name: name.replace('?', ''),
  type: 'Text',
  mode: 'one',
  isOptional: name.endsWith('?'),
});
const typeOf = (category: string, inputs: string, outputs: string): NodeDescription => ({
  type: 'n',
  version: 1,
  category,
  title: 'N',
  summary: '',
  role: 'step',
  effects: [],
  config: {},
  defaults: {},
  inputs: inputs.split(' ').map(port),
  outputs: outputs.split(' ').map(port),
  hasDynamicPorts: false,
});
const model = typeOf('model', 'prompt? messages? passages? image?', 'text citations usage error');

/** The ports of a node on its card, and how many are folded on each side. */
function card(
  description: NodeDescription,
  edges: readonly { readonly from: string; readonly to: string }[],
  added = '',
): readonly unknown[] {
  const more = added === '' ? [] : [port(added)];
  const ports = { inputs: [...description.inputs, ...more], outputs: [...description.outputs, ...more] };
  const { shown, folded } = foldPorts(ports, usedPorts({ edges: [...edges] }, 'n'), description);
  const names = (list: readonly PortDescription[]): string => list.map(({ name }) => name).join(' ');
  return [names(shown.inputs), folded.inputs.length, names(shown.outputs), folded.outputs.length];
}

describe('ports that nothing uses', () => {
  it('fold away: optional inputs and outputs after the first', () => {
    const edges = [{ from: 'a.x', to: 'n.messages' }];
    expect(card(model, edges)).toEqual(['prompt messages', 2, 'text error', 2]);
    const more = [...edges, { from: 'n.usage', to: 'b.y' }];
    expect(card(model, more)).toEqual(['prompt messages', 2, 'text citations usage error', 0]);
  });

  it('leave one input to draw an edge to when all are optional', () => {
    expect(card(model, [])).toEqual(['prompt', 3, 'text error', 2]);
  });

  it('stay when a button would take the same space, when an input is required, and when settings added them', () => {
    expect(card(typeOf('retrieval', 'query filter?', 'passages'), [])).toEqual(['query filter', 0, 'passages', 0]);
    expect(card(typeOf('model', 'text a? b?', 'text'), [])).toEqual(['text', 2, 'text', 0]);
    expect(card(model, [], 'topic?')).toEqual(['prompt topic', 3, 'text error topic', 2]);
  });

  it('stay when each output is a branch', () => {
    const cache = typeOf('logic', 'key', 'hit miss value');
    expect(card(cache, [{ from: 'n.hit', to: 'a.x' }])[2]).toBe('hit miss value');
  });

  it('stay when the type is unknown', () => {
    const ports = { inputs: model.inputs, outputs: model.outputs };
    const { shown, folded } = foldPorts(ports, usedPorts({ edges: [] }, 'n'), undefined);
    expect([shown, folded]).toEqual([ports, { inputs: [], outputs: [] }]);
  });
});

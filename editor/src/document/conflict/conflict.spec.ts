import { describe, expect, it } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { compareDocuments } from './compare-documents.js';
import { mergeDocuments } from './merge-documents.js';

const base = parseDocument({
  heddle: 1,
  name: 'Base',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [] } },
    write: { type: 'generate', version: 1, title: 'Write', config: { model: 'small', maxTokens: 64 } },
    say: { type: 'output', version: 1, config: {} },
  },
  edges: [
    { from: 'ask.text', to: 'write.prompt' },
    { from: 'write.text', to: 'say.text' },
  ],
  layout: { nodes: { ask: [0, 0], write: [1, 0], say: [2, 0] } },
});
const change = (id: string, config: Readonly<Record<string, unknown>>): WorkflowDocument => {
  const node = base.nodes[id];
  if (node === undefined) throw new Error(`There is no node ${id}.`);
  return { ...base, nodes: { ...base.nodes, [id]: { ...node, config: { ...node.config, ...config } } } };
};

describe('two versions of a workflow', () => {
  it('differ by node and field, and each difference goes to the side that made it', () => {
    const mine = change('write', { maxTokens: 96 });
    const theirs = { ...base, name: 'Theirs' };
    const differences = compareDocuments(mine, theirs, base);
    expect(differences).toMatchObject([
      {
        key: 'head:name',
        kind: 'head',
        suggestion: 'theirs',
        isClash: false,
        fields: [{ mine: 'Base', theirs: 'Theirs' }],
      },
      {
        key: 'node:write',
        kind: 'node',
        title: 'Write',
        suggestion: 'mine',
        isClash: false,
        fields: [{ field: 'maxTokens', mine: 96, theirs: 64 }],
      },
    ]);
    const merged = mergeDocuments(mine, theirs, differences, ({ suggestion }) => suggestion);
    expect([merged.name, merged.nodes['write']?.config['maxTokens']]).toEqual(['Theirs', 96]);
  });

  it('clash where both changed the same, and where nobody knows what was before', () => {
    const differences = compareDocuments(change('write', { model: 'a' }), change('write', { model: 'b' }), base);
    expect(differences).toMatchObject([{ key: 'node:write', isClash: true, suggestion: 'mine' }]);
    expect(compareDocuments(change('write', { model: 'a' }), base, undefined)).toMatchObject([{ isClash: true }]);
  });

  it('are the same whatever the order of keys, and whether a field is absent or undefined', () => {
    const turned = { ...base, nodes: Object.fromEntries(Object.entries(base.nodes).reverse()), description: undefined };
    expect(compareDocuments(base, turned as WorkflowDocument, base)).toEqual([]);
  });

  it('leave no edge to a node that was not taken, and keep the place of one that was', () => {
    const { write: _, ...rest } = base.nodes;
    const mine: WorkflowDocument = { ...base, nodes: rest, edges: [] };
    const more = parseDocument({
      ...base,
      nodes: { ...base.nodes, more: { type: 'output', version: 1, config: {} } },
      edges: [...base.edges, { from: 'write.text', to: 'more.text' }],
      layout: { nodes: { ...base.layout?.nodes, more: [3, 3] } },
    });
    const differences = compareDocuments(mine, more, base);
    const merged = mergeDocuments(mine, more, differences, ({ suggestion }) => suggestion);
    expect(Object.keys(merged.nodes).sort()).toEqual(['ask', 'more', 'say']);
    expect(merged.edges).toEqual([]);
    expect(merged.layout?.nodes['more']).toEqual([3, 3]);
    const everything = mergeDocuments(mine, more, differences, () => 'theirs');
    expect(compareDocuments(everything, more, undefined)).toEqual([]);
    expect(
      compareDocuments(
        mergeDocuments(mine, more, differences, () => 'mine'),
        mine,
        undefined,
      ).filter(({ kind }) => kind !== 'head'),
    ).toEqual([]);
  });
});

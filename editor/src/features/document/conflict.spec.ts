import { describe, expect, it } from '@jest/globals';
import { mergeDocuments, parseDocument, type WorkflowDocument } from '@heddle/core';
import { conflictText, valueText } from './conflict-text.js';

const base = parseDocument({
  heddle: 2,
  name: 'Base',
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [] } },
    write: { type: 'generate', version: 1, title: 'Write', config: { model: 'small', maxTokens: 64 } },
    say: { type: 'output', version: 1, config: {} },
  },
  edges: [{ from: 'ask.text', to: 'write.prompt' }],
});
const withModel = (model: string): WorkflowDocument => {
  const node = base.nodes['write'];
  if (node === undefined) throw new Error('There is no such node.');
  return {
    ...base,
    name: `Of ${model}`,
    nodes: { ...base.nodes, write: { ...node, config: { ...node.config, model } } },
  };
};

describe('a conflict of two drafts', () => {
  it('is described by the names on the canvas', () => {
    const mine = withModel('a');
    const theirs = withModel('b');
    const text = mergeDocuments(base, mine, theirs).conflicts.map((conflict) => conflictText(conflict, mine, theirs));
    expect(text).toEqual([
      { kind: 'Node', title: 'Write', field: 'model' },
      { kind: 'Workflow', title: 'Name', field: '' },
    ]);
    expect(conflictText({ path: 'edges.ask.text->write.prompt.loop.max' }, mine, theirs)).toMatchObject({
      kind: 'Edge',
      title: 'ask.text → write.prompt.loop.max',
    });
  });

  it('in an inner workflow names that workflow', () => {
    const inside = (model: string): WorkflowDocument => ({
      ...base,
      workflows: { part: { nodes: withModel(model).nodes, edges: [] } },
    });
    const mine = inside('a');
    const theirs = inside('b');
    expect(
      mergeDocuments(inside('small'), mine, theirs).conflicts.map((conflict) => conflictText(conflict, mine, theirs)),
    ).toEqual([{ kind: 'Node', title: 'part: Write', field: 'model' }]);
  });

  it('shows a missing value as removed, and shortens a long one', () => {
    expect(valueText(undefined)).toBe('Removed');
    expect(valueText({ a: 1 })).toContain('"a": 1');
    expect(valueText('x'.repeat(1000))).toHaveLength(401);
  });
});

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { createCatalog } from '../node/catalog.js';
import { defineNode } from '../node/node-definition.js';
import { Text } from '../types/port.js';
import { applyChanges } from './apply-changes.js';
import type { DraftChange } from './draft-change.js';
import { sampleOf } from './sample-value.js';

const node = (type: string) =>
  defineNode({
    type,
    version: 3,
    category: 'data' as const,
    title: type,
    summary: `${type}.`,
    role: 'step' as const,
    effects: [],
    config: z.object({}),
    inputs: { text: Text },
    outputs: { text: Text },
    run: () => ({ text: '' }),
  });
const catalog = createCatalog([node('input'), node('output'), node('say')]);
const document: WorkflowDocument = {
  heddle: 2,
  name: 'Draft',
  nodes: {
    a: { type: 'say', version: 3, config: { one: 1, two: 2 } },
    b: { type: 'say', version: 3, config: {}, label: 'restricted' },
  },
  edges: [{ from: 'a.text', to: 'b.text' }],
  layout: { nodes: { a: [1, 2] }, notes: [], groups: [{ id: 'g', title: 'G', nodes: ['a', 'b'] }] },
};
const apply = (...changes: readonly DraftChange[]) => applyChanges(document, changes, { catalog });

describe('applyChanges', () => {
  it('adds, connects, renames, sets and removes nodes', () => {
    const made = apply(
      { change: 'insert_between', from: 'a.text', to: 'b.text', id: 'mid', type: 'say', input: 'text', output: 'text' },
      { change: 'rename_node', id: 'a', to: 'first' },
      { change: 'set_config', id: 'first', config: { two: 3 }, unset: ['one'] },
      { change: 'set_label', id: 'b', label: null },
      { change: 'add_node', id: 'gone', type: 'say' },
      { change: 'connect', from: 'b.text', to: 'gone.text' },
      { change: 'remove_node', id: 'gone' },
      { change: 'connect', from: 'b.text', to: 'first.text', loop: { max: 3 } },
    );
    expect(Object.keys(made.nodes)).toEqual(['first', 'b', 'mid']);
    expect(made.nodes['first']?.config).toEqual({ two: 3 });
    expect(made.nodes['mid']).toEqual({ type: 'say', version: 3, config: {} });
    expect(made.nodes['b']?.label).toBeUndefined();
    expect(made.edges).toEqual([
      { from: 'first.text', to: 'mid.text' },
      { from: 'mid.text', to: 'b.text' },
      { from: 'b.text', to: 'first.text', loop: { max: 3, atLimit: 'fail' } },
    ]);
    expect(made.layout).toMatchObject({ nodes: { first: [1, 2] }, groups: [{ nodes: ['first', 'b'] }] });
  });

  it('applies all changes or none', () => {
    const before = JSON.stringify(document);
    expect(() => apply({ change: 'remove_node', id: 'a' }, { change: 'remove_node', id: 'a' })).toThrow(
      "Change 2 (remove_node): There is no node 'a'. The nodes are: b. Nothing was changed.",
    );
    expect(JSON.stringify(document)).toBe(before);
  });

  it('refuses to change settings and labels of locked nodes', () => {
    const lockOf = ({ label }: { label?: string | undefined }): string | undefined =>
      label === 'restricted' ? 'it is.' : undefined;
    const locked = (change: DraftChange) => () => applyChanges(document, [change], { catalog, lockOf });
    expect(locked({ change: 'set_label', id: 'b', label: 'public' })).toThrow(/for a person to change: it is/);
    expect(locked({ change: 'set_config', id: 'b', config: {} })).toThrow(/for a person/);
    expect(locked({ change: 'set_title', id: 'b', title: 'B' })()).toMatchObject({ nodes: { b: { title: 'B' } } });
  });

  it('removes the edges of removed fields', () => {
    const made = apply(
      { change: 'set_inputs', fields: [{ name: 'x', type: 'Text' }, { name: 'y' }] },
      { change: 'connect', from: 'input.x', to: 'a.text' },
      { change: 'set_inputs', fields: [{ name: 'y' }] },
    );
    expect(made.edges).toEqual([{ from: 'a.text', to: 'b.text' }]);
    expect(() => apply({ change: 'set_outputs', within: 'none', fields: [{ name: 'x' }] })).toThrow(
      /inner workflow 'none'/,
    );
  });
});

it('gives a sample that fits the type and the schema of a port', () => {
  expect(sampleOf({ name: 'q', type: 'Text' })).toBe('Sample q');
  expect(sampleOf({ name: 'q', type: 'Text', schema: { enum: ['red', 'blue'] } })).toBe('red');
  expect(sampleOf({ name: 'q', type: 'Text', schema: { type: 'string', maxLength: 3 } })).toBe('Sam');
  expect(sampleOf({ name: 'q', type: 'Number[]' })).toEqual([1]);
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer', minimum: 4 }, l: { type: 'array', items: { type: 'boolean' } } },
  };
  expect(sampleOf({ name: 'q', type: 'Json', schema })).toEqual({ n: 4, l: [true] });
});

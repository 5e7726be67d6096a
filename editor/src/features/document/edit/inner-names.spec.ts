import { describe, expect, it } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { copyFragment, fragmentOf, pasteFragment, readFragment } from './fragment.js';
import { takeApart } from './take-apart.js';

type Config = Record<string, unknown>;

const nodesOf = (configs: Record<string, Config>) =>
  Object.fromEntries(Object.entries(configs).map(([id, config]) => [id, { type: 'workflow', version: 1, config }]));
const documentOf = (
  configs: Record<string, Config>,
  inside: Record<string, Record<string, Config>> = {},
): WorkflowDocument =>
  parseDocument({
    heddle: 2,
    name: 'Test',
    nodes: nodesOf(configs),
    edges: [],
    workflows: Object.fromEntries(
      Object.entries(inside).map(([name, nodes]) => [name, { nodes: nodesOf(nodes), edges: [] }]),
    ),
  });
const runs = (name: string): Config => ({ workflow: `#${name}` });
const carried = (from: WorkflowDocument, into: WorkflowDocument, ids = Object.keys(from.nodes)): WorkflowDocument => {
  const fragment = readFragment(JSON.stringify(copyFragment(from, new Set(ids))));
  if (fragment === undefined) throw new Error('The fragment cannot be read.');
  return pasteFragment(into, fragment, [0, 0]).document;
};
const configIn = (document: WorkflowDocument, name: string, id: string): unknown =>
  document.workflows?.[name]?.nodes[id]?.config;
const namesIn = (document: WorkflowDocument | undefined): string[] => Object.keys(document?.workflows ?? {}).sort();

const nested = documentOf(
  { outer: runs('part-2'), other: runs('part-3') },
  { 'part-1': { step: { from: 'source' } }, 'part-2': { first: runs('part-1') }, 'part-3': {} },
);

describe('a copied node that runs an inner workflow', () => {
  it('brings along the inner workflows that it needs, and no others', () => {
    const after = carried(nested, documentOf({}), ['outer']);
    expect(namesIn(after)).toEqual(['part-1', 'part-2']);
    expect(after.workflows).toEqual({
      'part-1': nested.workflows?.['part-1'],
      'part-2': nested.workflows?.['part-2'],
    });
  });

  it('runs its own inner workflows when the document has different ones with these names', () => {
    const own = { 'part-1': { step: { from: 'target' } } };
    const after = carried(nested, documentOf({ here: runs('part-1') }, own), ['outer']);
    expect(namesIn(after)).toEqual(['part-1', 'part-1-2', 'part-2']);
    expect(after.nodes['here']?.config).toEqual(runs('part-1'));
    expect(after.nodes['outer']?.config).toEqual(runs('part-2'));
    expect(configIn(after, 'part-1', 'step')).toEqual({ from: 'target' });
    expect(configIn(after, 'part-2', 'first')).toEqual(runs('part-1-2'));
    expect(configIn(after, 'part-1-2', 'step')).toEqual({ from: 'source' });
  });

  it('uses an inner workflow of the document only if everything that it runs is the same too', () => {
    const own = { 'part-1': { step: { from: 'target' } }, 'part-2': { first: runs('part-1') } };
    const after = carried(nested, documentOf({}, own), ['outer']);
    expect(namesIn(after)).toEqual(['part-1', 'part-1-2', 'part-2', 'part-2-2']);
    expect(after.nodes['outer']?.config).toEqual(runs('part-2-2'));
    expect(configIn(after, 'part-2-2', 'first')).toEqual(runs('part-1-2'));
    expect(configIn(after, 'part-2', 'first')).toEqual(runs('part-1'));
    const again = carried(nested, nested, ['outer']);
    expect(again.workflows).toEqual(nested.workflows);
    expect(again.nodes['outer-2']?.config).toEqual(runs('part-2'));
  });

  it('uses an equal inner workflow below one that differs', () => {
    const own = { 'part-1': { step: { from: 'source' } }, 'part-2': {} };
    const after = carried(nested, documentOf({}, own), ['outer']);
    expect(namesIn(after)).toEqual(['part-1', 'part-2', 'part-2-2']);
    expect(configIn(after, 'part-2-2', 'first')).toEqual(runs('part-1'));
  });

  it('does not use an equal inner workflow that runs a missing workflow here and an existing one there', () => {
    const from = documentOf({ outer: runs('part') }, { part: { first: runs('lost') } });
    const after = carried(from, documentOf({}, { part: { first: runs('lost') }, lost: {} }));
    expect(after.nodes['outer']?.config).toEqual(runs('part-2'));
  });

  it('avoids the names of the inner workflows that come along too', () => {
    const from = documentOf(
      { one: runs('part'), two: runs('part-2') },
      { part: { step: { from: 'one' } }, 'part-2': { step: { from: 'two' } } },
    );
    const after = carried(from, documentOf({}, { part: {} }));
    const runBy = (id: string): unknown =>
      configIn(after, String(after.nodes[id]?.config['workflow']).slice(1), 'step');
    expect([runBy('one'), runBy('two')]).toEqual([{ from: 'one' }, { from: 'two' }]);
    expect(namesIn(after)).toHaveLength(3);
  });

  it('keeps its tools, whether they are inner workflows or not', () => {
    const tools = (...names: string[]): Config => ({
      tools: [{ use: 'time' }, ...names.map(runs)],
      workflow: 'stored',
    });
    const from = documentOf(
      { agent: tools('look', 'ask') },
      { look: { step: { from: 'look' } }, ask: { deep: tools('look') } },
    );
    const after = carried(from, documentOf({}, { look: {} }));
    expect(after.nodes['agent']?.config).toEqual(tools('look-2', 'ask'));
    expect(configIn(after, 'ask', 'deep')).toEqual(tools('look-2'));
  });

  it('is copied when inner workflows run each other in a cycle', () => {
    const circle = { a: { step: runs('b') }, b: { step: runs('a') } };
    const from = documentOf({ start: runs('a') }, circle);
    expect(carried(from, documentOf({})).workflows).toEqual(from.workflows);
    expect(carried(from, from).workflows).toEqual(from.workflows);
    const after = carried(from, documentOf({}, { ...circle, b: { step: runs('a'), more: {} } }));
    expect(after.nodes['start']?.config).toEqual(runs('a-2'));
    expect(configIn(after, 'a-2', 'step')).toEqual(runs('b-2'));
    expect(configIn(after, 'b-2', 'step')).toEqual(runs('a-2'));
  });

  it('finds no workflow under the name of an inherited property', () => {
    const from = documentOf({ odd: runs('constructor') });
    expect(fragmentOf(from).workflows).toBeUndefined();
    expect(carried(from, documentOf({})).nodes['odd']?.config).toEqual(runs('constructor'));
  });
});

describe('taking a sub-workflow apart', () => {
  const apart = (document: WorkflowDocument): WorkflowDocument | undefined => takeApart(document, 'p')?.document;

  it('keeps the inner workflow that another one runs', () => {
    const document = documentOf({ p: runs('p'), q: runs('q') }, { p: { step: {} }, q: { inside: runs('p') } });
    expect(namesIn(apart(document))).toEqual(['p', 'q']);
  });

  it('keeps the inner workflow that is a tool of another node', () => {
    const document = documentOf({ p: runs('p'), agent: { tools: [runs('p')] } }, { p: { step: {} } });
    expect(namesIn(apart(document))).toEqual(['p']);
  });

  it('keeps the inner workflows that its moved nodes run', () => {
    const document = documentOf({ p: runs('p') }, { p: { first: runs('deep'), again: runs('p') }, deep: {} });
    expect(namesIn(apart(document))).toEqual(['deep', 'p']);
  });

  it('removes the inner workflow that nothing else runs', () => {
    const document = documentOf({ p: runs('p') }, { p: { first: runs('deep') }, deep: {} });
    expect(namesIn(apart(document))).toEqual(['deep']);
  });
});

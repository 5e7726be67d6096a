/** @jest-environment jsdom */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { NodeDescription, parseDocument, type CompileReply, type WorkflowDocument } from '@heddle/core';
import { createDocumentStore, edit, showWorkflow, undo, type DocumentStore } from '../document/document-store.js';
import { createViewStore, type ViewStore } from '../view/view-store.js';
import { insertBeside } from './insert-beside.js';

const port = (name: string, type: string, isOptional = false) => ({ name, type, mode: 'one', isOptional });
const about = (type: string, category: string, inputs: unknown[], outputs: unknown[], more: object = {}) =>
  NodeDescription.parse({
    type,
    version: 1,
    category,
    title: type,
    summary: '',
    role: 'step',
    effects: [],
    config: {},
    defaults: {},
    inputs,
    outputs,
    hasDynamicPorts: false,
    ...more,
  });
const byType = new Map(
  [
    about('input', 'input-output', [], [], { role: 'source', hasDynamicPorts: true }),
    about('output', 'input-output', [], [], { role: 'sink', hasDynamicPorts: true }),
    about('write', 'model', [port('prompt', 'Text', true)], [port('text', 'Text'), port('usage', 'Json')]),
    about('search', 'retrieval', [port('query', 'Text')], [port('passages', 'Passages')]),
    about('branch', 'logic', [port('value', 'Json')], [port('yes', 'Text'), port('no', 'Text')]),
  ].map((node) => [node.type, node] as const),
);
const node = (type: string) => ({ type, version: 1 });

let documents: DocumentStore;
let view: ViewStore;
function show(document: object): WorkflowDocument {
  const parsed = parseDocument({ heddle: 2, name: 'Test', edges: [], ...document });
  showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: parsed });
  return parsed;
}
beforeEach(() => {
  documents = createDocumentStore();
  view = createViewStore();
});
const add = (type: string, neighbour: string): void => {
  const description = byType.get(type);
  if (description !== undefined) insertBeside({ documents, view }, byType, description, neighbour);
};
const edges = (): string[] => (documents.getState().document?.edges ?? []).map(({ from, to }) => `${from}->${to}`);
const at = (id: string): readonly number[] | undefined => documents.getState().document?.layout?.nodes[id];
const compile = (ports: object): void =>
  documents.setState({ compiled: { ports, issues: [], edgeLabels: {} } as unknown as CompileReply });

describe('a node added beside the selected one', () => {
  it('is connected by the obvious ports and selected, and one undo removes node and edge', () => {
    const written = show({ nodes: { one: node('write') }, layout: { nodes: { one: [10, 20] } } });
    add('search', 'one');
    expect(edges()).toEqual(['one.text->search.query']);
    expect(at('search')).toEqual([322, 20]);
    expect(view.getState().selectedNodes).toEqual(['search']);
    undo(documents);
    expect(documents.getState().document).toBe(written);
  });

  it('is put below a card that is already beside it, and takes the free branch', () => {
    show({
      nodes: { b: node('branch'), next: node('write') },
      edges: [{ from: 'b.yes', to: 'next.prompt' }],
      layout: { nodes: { b: [0, 0], next: [312, 0] } },
    });
    add('write', 'b');
    expect(edges()).toContain('b.no->write.prompt');
    expect(at('write')?.[0]).toBe(312);
    expect(at('write')?.[1]).toBeGreaterThan(100);
  });

  it('is put to the left of a sink, and takes no input that already has an edge', () => {
    show({ nodes: { end: node('output') }, layout: { nodes: { end: [0, 0] } } });
    compile({ end: { inputs: [port('result', 'Text')], outputs: [] } });
    add('write', 'end');
    expect(edges()).toEqual(['write.text->end.result']);
    expect(at('write')).toEqual([-312, 0]);
    add('write', 'end');
    expect(edges()).toEqual(['write.text->end.result']);
  });

  it('is connected once its ports are known, in the same step to undo', () => {
    const before = show({ nodes: { one: node('write') }, layout: { nodes: { one: [0, 0] } } });
    add('output', 'one');
    expect(edges()).toEqual([]);
    const one = { inputs: [], outputs: [port('text', 'Text')] };
    compile({ one, output: { inputs: [port('result', 'Text')], outputs: [] } });
    expect(edges()).toEqual(['one.text->output.result']);
    undo(documents);
    expect(documents.getState().document).toBe(before);
  });

  it('is not connected by itself once its user has connected it', () => {
    show({ nodes: { one: node('write'), two: node('write') }, layout: { nodes: { one: [0, 0], two: [0, 300] } } });
    add('output', 'one');
    edit(documents, (document) => ({ ...document, edges: [{ from: 'two.text', to: 'output.result' }] }));
    const write = { inputs: [], outputs: [port('text', 'Text')] };
    const output = { inputs: [port('result', 'Text'), port('more', 'Text')], outputs: [] };
    compile({ one: write, two: write, output });
    expect(edges()).toEqual(['two.text->output.result']);
  });

  it('is not added when the workflow is read-only', () => {
    const before = show({ nodes: { one: node('write') }, layout: { nodes: { one: [0, 0] } } });
    showWorkflow(documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: before }, true);
    add('search', 'one');
    expect(documents.getState().document).toBe(before);
    expect(view.getState().selectedNodes).toEqual([]);
  });

  it('is its own step to undo, however fast it follows the previous node', () => {
    show({ nodes: { one: node('write') }, layout: { nodes: { one: [0, 0] } } });
    add('search', 'one');
    const first = documents.getState().document;
    add('write', 'search');
    undo(documents);
    expect(documents.getState().document).toBe(first);
  });
});

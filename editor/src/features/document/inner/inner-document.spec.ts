import { describe, expect, it } from '@jest/globals';
import { parseDocument, type WorkflowDocument } from '@heddle/core';
import { createDocumentStore, edit, redo, showWorkflow, undo, type DocumentStore } from '../document-store.js';
import { documentInside, innerNamesOf, withInside } from './inner-document.js';
import { formatInside, parseInside } from '../../../ui/navigation/inner-path.js';
import { createInnerStore, linkInnerStore } from './inner-store.js';
import { newInner } from './new-inner.js';

const graph = (config: Record<string, unknown> = {}) => ({
  nodes: { step: { type: 'each', version: 1, config } },
  edges: [],
});
const root = parseDocument({
  heddle: 2,
  name: 'Around',
  ...graph({ workflow: '#part' }),
  workflows: { part: { title: 'One part', ...graph({ workflow: '#deep' }) }, deep: graph() },
});
const toPart = [{ node: 'step', name: 'part' }];
const toDeep = [...toPart, { node: 'step', name: 'deep' }];

function open(path = toPart, onGone: () => void = () => undefined): { outer: DocumentStore; inner: DocumentStore } {
  const outer = createDocumentStore();
  showWorkflow(outer, { id: 'w', slug: 'around', revision: 3, updatedAt: 0, document: root });
  const inner = createInnerStore(outer, path);
  if (inner === undefined) throw new Error('The path leads nowhere.');
  linkInnerStore(outer, inner, path, onGone);
  return { outer, inner };
}

const titled =
  (title: string) =>
  (document: WorkflowDocument): WorkflowDocument => ({
    ...document,
    nodes: { ...document.nodes, step: { type: 'each', version: 1, title, config: {} } },
  });

describe('the path to an inner workflow', () => {
  it('reads what it writes, and nothing else', () => {
    expect(parseInside(formatInside(toDeep))).toEqual(toDeep);
    expect(formatInside(toDeep)).toBe('step:part/step:deep');
    for (const text of [undefined, '', 'step', ':part', 'step:', 'step:part/']) expect(parseInside(text)).toEqual([]);
  });

  it('finds the workflows that a node names, also those of an agent’s tools', () => {
    expect(innerNamesOf({ tools: [{ workflow: '#a' }, { workflow: 'stored' }, { workflow: '#b' }] })).toEqual([
      'a',
      'b',
    ]);
    expect(innerNamesOf({ prompt: '#a', workflow: '#' })).toEqual([]);
  });

  it('leads to the document of the inner workflow, and nowhere when the node runs another one', () => {
    expect(documentInside(root, toPart)?.name).toBe('One part');
    expect(documentInside(root, toDeep)?.name).toBe('deep');
    expect(documentInside(root, [{ node: 'step', name: 'deep' }])).toBeUndefined();
    expect(documentInside(root, [{ node: 'constructor', name: 'part' }])).toBeUndefined();
  });
});

describe('a change inside', () => {
  it('keeps a workflow that another one still runs, and removes one that nothing runs', () => {
    const inside = documentInside(root, toDeep);
    const changed = withInside(root, 'deep', { ...inside, workflows: {} } as WorkflowDocument);
    expect(Object.keys(changed.workflows ?? {}).sort()).toEqual(['deep', 'part']);
    const alone = withInside(root, 'part', {
      ...documentInside(root, toPart),
      ...graph(),
      workflows: {},
    } as WorkflowDocument);
    expect(Object.keys(alone.workflows ?? {})).toEqual(['part']);
  });

  it('keeps the workflows that a kept workflow runs, inside and outside', () => {
    const beside = { run: { type: 'workflow', version: 1, config: { workflow: '#other' } } };
    const both = parseDocument({
      ...root,
      nodes: { ...root.nodes, ...beside },
      workflows: { ...root.workflows, other: graph() },
    });
    const outer = createDocumentStore();
    showWorkflow(outer, { id: 'w', slug: 'around', revision: 3, updatedAt: 0, document: both });
    const path = [{ node: 'run', name: 'other' }];
    const inner = createInnerStore(outer, path);
    if (inner === undefined) throw new Error('The path leads nowhere.');
    linkInnerStore(outer, inner, path, () => undefined);
    edit(inner, (document) => ({ ...document, workflows: {} }));
    for (const store of [outer, inner])
      expect(Object.keys(store.getState().document?.workflows ?? {}).sort()).toEqual(['deep', 'other', 'part']);
  });

  it('is a change of the outer document: unsaved, and one step to undo', () => {
    const { outer, inner } = open();
    edit(inner, titled('First'));
    expect(outer.getState().document?.workflows?.['part']?.nodes['step']?.title).toBe('First');
    expect(outer.getState().saveState).toBe('unsaved');
    expect(inner.getState().saveState).toBe('unsaved');
    expect(inner.getState().history.past).toHaveLength(1);
    undo(outer);
    expect(inner.getState().document?.nodes['step']?.title).toBeUndefined();
    redo(outer);
    expect(inner.getState().document?.nodes['step']?.title).toBe('First');
  });

  it('is one step for a whole gesture', () => {
    const { outer, inner } = open();
    for (const title of ['F', 'Fi', 'Fir']) edit(inner, titled(title), { gesture: 'title', now: Date.now() });
    expect(outer.getState().history.past).toHaveLength(1);
  });

  it('reaches a workflow two levels deep', () => {
    const { outer, inner } = open(toDeep);
    edit(inner, titled('Deep'));
    expect(outer.getState().document?.workflows?.['deep']?.nodes['step']?.title).toBe('Deep');
    expect(outer.getState().document?.workflows?.['part']).toEqual(root.workflows?.['part']);
  });

  it('renames the inner workflow, and not the document', () => {
    const { outer, inner } = open();
    edit(inner, (document) => ({ ...document, name: 'Renamed' }));
    expect(outer.getState().document?.name).toBe('Around');
    expect(outer.getState().document?.workflows?.['part']?.title).toBe('Renamed');
  });
});

describe('a change outside', () => {
  it('reports that the inner workflow is gone', () => {
    let gone = 0;
    const { outer } = open(toPart, () => (gone += 1));
    edit(outer, (document) => ({ ...document, nodes: {} }));
    expect(gone).toBe(1);
  });

  it('keeps the inner document when only the save state changes', () => {
    const { outer, inner } = open();
    const before = inner.getState().document;
    outer.setState({ saveState: 'saving', revision: 4 });
    expect(inner.getState().document).toBe(before);
    expect(inner.getState()).toMatchObject({ saveState: 'saving', revision: 4 });
  });
});

describe('a new inner workflow', () => {
  it('has a free name, and passes the value of its node through', () => {
    const first = newInner(root, 'Inside', 'item');
    const second = newInner(first.document, 'Inside', 'item');
    expect([first.name, second.name]).toEqual(['part-1', 'part-2']);
    expect(first.document.workflows?.['part-1']?.edges).toEqual([{ from: 'input.item', to: 'output.result' }]);
    expect(() => parseDocument(first.document)).not.toThrow();
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  edgeId,
  parseDocument,
  serialiseDocument,
  splitEnd,
  type NodeDescription,
  type WorkflowDocument,
} from '@heddle/core';
import fc from 'fast-check';
import { createDocumentStore, edit, redo, showWorkflow, undo } from '../document-store.js';
import { layoutOf } from '../layout/layout-of.js';
import { addNode } from './add-node.js';
import { rename, setConfig, setRun, toggleDisabled } from './change-node.js';
import { connect } from './connect.js';
import { copyFragment, fragmentOf, pasteFragment, readFragment } from './fragment.js';
import { changeGroup, groupNodes, toggleCollapsed, ungroup } from './groups.js';
import { addNote, arrangeNotes, changeNote, removeNotes } from './notes.js';
import { remove } from './remove.js';

const ids = ['a', 'b', 'c', 'd'];
const start = parseDocument({
  heddle: 2,
  name: 'Start',
  nodes: Object.fromEntries(ids.map((id) => [id, { type: 'words', version: 1, config: { text: id } }])),
  edges: [
    { from: 'a.out', to: 'b.in' },
    { from: 'b.out', to: 'c.in' },
    { from: 'c.out', to: 'd.in' },
  ],
  layout: {
    nodes: { a: [0, 0], b: [300, 0], c: [600, 0], d: [900, 0] },
    notes: [{ id: 'note-1', text: 'Hello', at: [0, 300], size: [220, 120], color: 'amber' }],
    groups: [{ id: 'group-1', title: 'Group', nodes: ['b', 'c'] }],
  },
});
const description: NodeDescription = {
  type: 'words',
  version: 1,
  category: 'other',
  title: 'Words',
  summary: '',
  role: 'step',
  effects: [],
  hasDynamicPorts: false,
  config: {},
  defaults: { text: '' },
  inputs: [],
  outputs: [],
};
const port = (name: string) => ({ name, type: 'Text', mode: 'one', isOptional: false }) as const;

type Change = (document: WorkflowDocument) => WorkflowDocument;
const id = fc.constantFrom(...ids, 'words', 'words-2', 'missing');
const subset = fc.subarray(ids);
const position = fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }));
const hostile = fc.oneof(fc.string(), fc.constantFrom('__proto__', '<img src=x>', '\u202Etxt', 'x'.repeat(10_000), ''));

/** Every edit of the canvas and the inspector, with any arguments. */
const change: fc.Arbitrary<Change> = fc.oneof(
  position.map(
    (at): Change =>
      (document) =>
        addNode(document, description, at).document,
  ),
  fc.tuple(subset, fc.boolean()).map(
    ([chosen, withEdge]): Change =>
      (document) =>
        remove(document, new Set(chosen), new Set(withEdge ? document.edges.slice(0, 1).map(edgeId) : [])),
  ),
  fc.tuple(id, hostile).map(
    ([node, title]): Change =>
      (document) =>
        rename(document, node, title),
  ),
  fc
    .tuple(id, fc.constantFrom('text', 'more', 'deep.er'), fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined }))
    .map(
      ([node, path, value]): Change =>
        (document) =>
          setConfig(document, node, path.split('.'), value),
    ),
  fc.tuple(id, fc.option(fc.boolean(), { nil: undefined })).map(
    ([node, value]): Change =>
      (document) =>
        setRun(document, node, ['disabled'], value),
  ),
  subset.map(
    (chosen): Change =>
      (document) =>
        toggleDisabled(document, chosen),
  ),
  fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)).map(
    ([from, to]): Change =>
      (document) =>
        from === to || document.nodes[from] === undefined || document.nodes[to] === undefined
          ? document
          : connect(document, { from: `${from}.out`, to: `${to}.in`, output: port('out'), input: port('in') }),
  ),
  fc.tuple(subset, position).map(
    ([chosen, corner]): Change =>
      (document) =>
        pasteFragment(document, copyFragment(document, new Set(chosen), new Set(['note-1'])), corner).document,
  ),
  subset.map(
    (chosen): Change =>
      (document) =>
        groupNodes(document, chosen).document,
  ),
  fc.constantFrom('group-1', 'group-2').map(
    (group): Change =>
      (document) =>
        ungroup(document, [group]),
  ),
  fc.constantFrom('group-1', 'group-2').map(
    (group): Change =>
      (document) =>
        toggleCollapsed(document, group),
  ),
  hostile.map(
    (title): Change =>
      (document) =>
        changeGroup(document, 'group-1', (group) => ({ ...group, title: title.slice(0, 100) })),
  ),
  fc.tuple(position, hostile).map(
    ([at, text]): Change =>
      (document) =>
        addNote(document, at, text).document,
  ),
  hostile.map(
    (text): Change =>
      (document) =>
        changeNote(document, 'note-1', (note) => ({ ...note, text })),
  ),
  fc.constant<Change>((document) => removeNotes(document, new Set(['note-1']))),
  position.map(
    (at): Change =>
      (document) =>
        arrangeNotes(document, new Map([['note-1', at]])),
  ),
);
const changes = fc.array(change, { minLength: 1, maxLength: 12 });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('any edits of a document', () => {
  it('leave the earlier document unchanged', () => {
    const before = JSON.stringify(start);
    fc.assert(
      fc.property(changes, (all) => {
        all.reduce((document, next) => next(document), start);
        expect(JSON.stringify(start)).toBe(before);
      }),
    );
  });

  it('are undone and redone one by one to the same document objects', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const store = createDocumentStore();
        showWorkflow(store, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: start });
        const seen = [start];
        for (const next of all) {
          edit(store, next);
          const { document } = store.getState();
          if (document !== undefined && document !== seen.at(-1)) seen.push(document);
        }
        for (const document of seen.toReversed().slice(1)) {
          undo(store);
          expect(store.getState().document).toBe(document);
        }
        expect(store.getState().saveState).toBe('saved');
        for (const document of seen.slice(1)) {
          redo(store);
          expect(store.getState().document).toBe(document);
        }
      }),
    );
  });

  it('after an undo discard the edits that could be redone', () => {
    fc.assert(
      fc.property(hostile, (title) => {
        const store = createDocumentStore();
        showWorkflow(store, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: start });
        edit(store, (document) => rename(document, 'a', 'First'));
        undo(store);
        edit(store, (document) => rename(document, 'b', `x${title}`));
        const { document } = store.getState();
        redo(store);
        expect(store.getState().document).toBe(document);
      }),
    );
  });

  it('give a document that can be stored and read again', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const document = all.reduce((current, next) => next(current), start);
        expect(plain(parseDocument(serialiseDocument(document)))).toEqual(plain(document));
      }),
    );
  });

  it('leave no edge, position or group of a removed node', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const document = all.reduce((current, next) => next(current), start);
        const known = new Set(Object.keys(document.nodes));
        const ends = document.edges.flatMap(({ from, to }) => [splitEnd(from)?.node, splitEnd(to)?.node]);
        const { nodes, groups } = layoutOf(document);
        const named = [...ends, ...Object.keys(nodes), ...groups.flatMap((group) => group.nodes)];
        expect(named.filter((node) => !known.has(node ?? ''))).toEqual([]);
      }),
    );
  });

  it('give each edge, note and group its own id, and a node at most one group', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const document = all.reduce((current, next) => next(current), start);
        const { notes, groups } = layoutOf(document);
        for (const names of [
          document.edges.map(edgeId),
          notes.map((note) => note.id),
          groups.map((group) => group.id),
          groups.flatMap((group) => group.nodes),
        ])
          expect(new Set(names).size).toBe(names.length);
      }),
    );
  });
});

describe('a copy of a part', () => {
  it('is the same after it is written as text and read again', () => {
    fc.assert(
      fc.property(changes, subset, (all, chosen) => {
        const document = all.reduce((current, next) => next(current), start);
        const fragment = copyFragment(document, new Set(chosen));
        expect(plain(readFragment(JSON.stringify(fragment)))).toEqual(plain(fragment));
      }),
    );
  });

  it('is pasted with the same nodes and edges under new ids, at any position', () => {
    fc.assert(
      fc.property(changes, position, (all, corner) => {
        const document = all.reduce((current, next) => next(current), start);
        const fragment = fragmentOf(document);
        const pasted = pasteFragment(document, fragment, corner);
        expect(pasted.ids).toHaveLength(Object.keys(fragment.nodes).length);
        expect(pasted.ids.filter((node) => Object.hasOwn(document.nodes, node))).toEqual([]);
        expect(pasted.document.edges.length).toBe(document.edges.length * 2);
        expect(Object.values(pasted.document.nodes).slice(-pasted.ids.length).length).toBe(pasted.ids.length);
        for (const [node, entry] of Object.entries(document.nodes)) expect(pasted.document.nodes[node]).toBe(entry);
      }),
    );
  });

  it('is undefined when the clipboard contains any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(readFragment(text)).toBeUndefined();
      }),
    );
  });
});

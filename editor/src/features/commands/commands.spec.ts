import { describe, expect, it } from '@jest/globals';
import { parseDocument, serialiseDocument } from '@heddle/core';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { createViewStore, select, selectNodes } from '../view/view-store.js';
import { allCommands } from './all-commands.js';
import type { CommandContext } from '../session/session.js';
import { factsOf } from './command.js';
import { matchKeys, nameKeys, type KeyPress } from '../../ui/keyboard/match-keys.js';
import { commandFor } from './use-shortcuts.js';

const press = (key: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...modifiers,
});
const document = parseDocument({
  heddle: 2,
  name: 'Test',
  nodes: { a: { type: 'input', version: 1 }, b: { type: 'output', version: 1 } },
  edges: [{ from: 'a.q', to: 'b.answer' }],
  layout: { nodes: { a: [0, 0], b: [300, 0] } },
});

function setup() {
  let clipboard = '';
  const context: CommandContext = {
    documents: createDocumentStore(),
    catalog: createCatalogStore(),
    view: createViewStore(),
    runs: createRunSession(
      { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
      createLiveClient(createFakeSocket()),
      (callback) => callback(),
    ),
    saveNow: () => undefined,
    clipboard: { readText: async () => clipboard, writeText: async (text) => void (clipboard = text) },
  };
  showWorkflow(context.documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document });
  const run = async (id: string): Promise<void> => {
    const command = allCommands.find((candidate) => candidate.id === id);
    if (command?.isEnabled(factsOf(context)) === true) await command.run(context);
  };
  const ids = (): string[] => Object.keys(context.documents.getState().document?.nodes ?? {});
  return { context, run, ids };
}

/** A run in view, and the socket that sends its events. */
function runInView() {
  const socket = createFakeSocket();
  const runs = createRunSession(
    { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
    createLiveClient(socket),
    (callback) => callback(),
  );
  runs.open('r');
  socket.connect();
  return { runs, socket };
}

describe('keys', () => {
  it('tell combinations apart', () => {
    expect(matchKeys('Mod+Z', press('z', { ctrlKey: true }))).toBe(true);
    expect(matchKeys('Mod+Z', press('Z', { metaKey: true, shiftKey: true }))).toBe(false);
    expect(matchKeys('Mod+Shift+Z', press('Z', { metaKey: true, shiftKey: true }))).toBe(true);
    expect(matchKeys('D', press('d', { ctrlKey: true }))).toBe(false);
    expect(matchKeys('?', press('?', { shiftKey: true }))).toBe(true);
    expect(matchKeys('Delete', press('Backspace'))).toBe(true);
    expect(nameKeys('Mod+Shift+Z', 'Ctrl')).toBe('Ctrl Shift Z');
  });

  it('belong to one command each, and every command has a title', () => {
    const keys = allCommands.flatMap((command) => command.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(allCommands.map(({ id }) => id)).size).toBe(allCommands.length);
    expect(allCommands.every(({ title }) => title !== '')).toBe(true);
  });

  it('go to a field that has the focus, except those that work everywhere', () => {
    expect(commandFor(press('d'), 'field', () => true)).toBeUndefined();
    expect(commandFor(press('d'), 'canvas', () => true)?.id).toBe('disable');
    expect(commandFor(press('k', { ctrlKey: true }), 'field', () => true)?.id).toBe('commands');
  });

  it('of the canvas need its focus: while a button elsewhere has it, only those of the whole page work', () => {
    for (const key of ['d', 'Delete', 'x', 'r']) expect(commandFor(press(key), 'page', () => true)).toBeUndefined();
    expect(commandFor(press('x', { ctrlKey: true }), 'page', () => true)).toBeUndefined();
    expect(commandFor(press('z', { ctrlKey: true }), 'page', () => true)?.id).toBe('undo');
    expect(commandFor(press('?'), 'page', () => true)?.id).toBe('shortcuts');
  });
});

describe('commands', () => {
  it('about a run are enabled once a run is in view', async () => {
    const { context } = setup();
    const offered = (): readonly string[] =>
      allCommands
        .filter(
          (command) => ['rerun', 'resume-run', 'play'].includes(command.id) && command.isEnabled(factsOf(context)),
        )
        .map(({ id }) => id);
    expect(offered()).toEqual([]);
    const { runs, socket } = runInView();
    socket.send('run:r', [{ type: 'run-end', runId: 'r', seq: 1, time: 1, status: 'failed' }]);
    Object.assign(context, { runs });
    expect(offered()).toEqual(['rerun', 'resume-run', 'play']);
  });

  it('open the nested run of a node that started one in the run in view', () => {
    const { context } = setup();
    const isOffered = (node: string): boolean => {
      selectNodes(context.view, [node]);
      return allCommands.find(({ id }) => id === 'open-inside')?.isEnabled(factsOf(context)) === true;
    };
    expect(isOffered('a')).toBe(false);
    const { runs, socket } = runInView();
    const at = { runId: 'r', path: 'a', attempt: 1 };
    socket.send('run:r', [
      { type: 'node-start', ...at, seq: 1, time: 1 },
      { type: 'nested-start', ...at, seq: 2, time: 2, key: '0', workflow: '#inner', inputs: {} },
    ]);
    Object.assign(context, { runs });
    expect([isOffered('a'), isOffered('b')]).toEqual([true, false]);
    void allCommands.find(({ id }) => id === 'open-inside')?.run(context);
    expect(runs.focus.getState().scope).toBe('');
    selectNodes(context.view, ['a']);
    void allCommands.find(({ id }) => id === 'open-inside')?.run(context);
    expect(runs.focus.getState().scope).toBe('a#0');
  });

  it('copy, cut, paste, duplicate, delete, undo and redo', async () => {
    const { context, run, ids } = setup();
    selectNodes(context.view, ['a', 'b']);
    await run('copy');
    await run('paste');
    expect(ids()).toEqual(['a', 'b', 'a-2', 'b-2']);
    expect(context.view.getState().selectedNodes).toEqual(['a-2', 'b-2']);
    await run('duplicate');
    expect(ids()).toHaveLength(6);
    await run('delete');
    expect(ids()).toHaveLength(4);
    selectNodes(context.view, ['a']);
    await run('cut');
    expect(ids()).toEqual(['b', 'a-2', 'b-2']);
    for (let step = 0; step < 4; step += 1) await run('undo');
    expect(context.documents.getState().document).toBe(document);
    await run('redo');
    expect(ids()).toHaveLength(4);
  });

  it('paste beside nodes that were pasted at the same position before', async () => {
    const { context, run } = setup();
    Object.assign(context.view.getState(), { canvas: { pointer: () => [10, 500] } });
    selectNodes(context.view, ['a', 'b']);
    await run('copy');
    for (let times = 0; times < 3; times += 1) await run('paste');
    const positions = context.documents.getState().document?.layout?.nodes ?? {};
    expect([positions['a-2'], positions['a-3'], positions['a-4']]).toEqual([
      [10, 500],
      [42, 532],
      [74, 564],
    ]);
    expect(positions['b-4']).toEqual([374, 564]);
  });

  it('say so when there is nothing to paste, and change nothing', async () => {
    const { context, run, ids } = setup();
    await context.clipboard.writeText('just words');
    await run('paste');
    expect(context.view.getState().toast).toEqual({ text: 'The clipboard contains no nodes.', isRefusal: true });
    expect(ids()).toEqual(['a', 'b']);
  });

  it('select the next and the previous node along the edges', async () => {
    const { context, run } = setup();
    await run('go-right');
    expect(context.view.getState().selectedNodes).toEqual(['a']);
    await run('go-right');
    expect(context.view.getState().selectedNodes).toEqual(['b']);
    await run('go-left');
    expect(context.view.getState().selectedNodes).toEqual(['a']);
  });

  it('add a note, group, fold and ungroup, each as one step to undo', async () => {
    const { context, run } = setup();
    const layout = () => context.documents.getState().document?.layout;
    await run('note');
    expect([layout()?.notes.length, context.view.getState().editing]).toEqual([1, { kind: 'note', id: 'note-1' }]);
    selectNodes(context.view, ['a', 'b']);
    await run('group');
    expect(context.view.getState().selectedGroups).toEqual(['group-1']);
    await run('fold');
    expect(layout()?.groups).toEqual([{ id: 'group-1', title: 'Group', nodes: ['a', 'b'], collapsed: true }]);
    await run('ungroup');
    expect([layout()?.groups, context.view.getState().selectedNodes]).toEqual([[], ['a', 'b']]);
    for (let step = 0; step < 4; step += 1) await run('undo');
    expect(context.documents.getState().document).toBe(document);
  });

  it('delete a group with its nodes and notes, and paste a copy of all of them', async () => {
    const { context, run, ids } = setup();
    await run('note');
    selectNodes(context.view, ['a', 'b']);
    await run('group');
    select(context.view, { groups: ['group-1'], notes: ['note-1'] });
    await run('copy');
    await run('delete');
    expect([ids(), context.documents.getState().document?.layout]).toEqual([[], { nodes: {}, notes: [], groups: [] }]);
    await run('paste');
    expect(ids()).toEqual(['a', 'b']);
    expect(context.documents.getState().document?.layout?.groups.map(({ nodes }) => nodes)).toEqual([['a', 'b']]);
    expect(context.view.getState().selectedNotes).toEqual(['note-1']);
  });

  it('paste a whole workflow that was copied as text', async () => {
    const { context, run, ids } = setup();
    await context.clipboard.writeText('just words');
    await run('paste');
    await context.clipboard.writeText(serialiseDocument(document));
    await run('paste');
    expect(ids()).toEqual(['a', 'b', 'a-2', 'b-2']);
    // The earlier refusal is cleared.
    expect(context.view.getState().toast).toMatchObject({ text: 'Pasted 2 nodes' });
    expect(context.view.getState().toast?.isRefusal ?? false).toBe(false);
  });

  it('move and align without a pointer, and undo successive moves as one step', async () => {
    const { context, run } = setup();
    selectNodes(context.view, ['b']);
    await run('move-down');
    await run('move-down');
    expect(context.documents.getState().document?.layout?.nodes['b']).toEqual([300, 40]);
    selectNodes(context.view, ['a', 'b']);
    await run('align-left');
    expect(context.documents.getState().document?.layout?.nodes['b']).toEqual([0, 40]);
    await run('undo');
    await run('undo');
    expect(context.documents.getState().document).toBe(document);
  });

  it('refuse a sub-workflow of inputs and outputs, with a reason', async () => {
    const { context, run } = setup();
    selectNodes(context.view, ['a', 'b']);
    await run('sub-workflow');
    expect(context.view.getState().toast?.isRefusal).toBe(true);
    expect(context.documents.getState().document).toBe(document);
  });

  it('do not change a node whose type is unknown', async () => {
    const { context, run } = setup();
    selectNodes(context.view, ['a']);
    await run('disable');
    await run('rename');
    expect(context.documents.getState().document).toBe(document);
    expect(context.view.getState().editing).toBeUndefined();
  });

  it('change nothing in the document of a run', async () => {
    const { context, run, ids } = setup();
    context.documents.setState({ origin: { kind: 'run', runId: 'r', inputs: {} } });
    selectNodes(context.view, ['a']);
    await run('delete');
    await run('disable');
    expect(ids()).toEqual(['a', 'b']);
  });

  it('say why a user who may only call published versions cannot run a draft, and let that user stop a run', () => {
    const { context } = setup();
    const facts = { ...factsOf(context), mayRun: false, mayStop: true };
    const [run] = allCommands.filter(({ id }) => id === 'run');
    expect(run?.isEnabled(facts)).toBe(false);
    expect(run?.whyOff?.(facts)).toBe('Needs the role editor in this project');
    expect(run?.whyOff?.({ ...facts, mayRun: true })).toBeUndefined();
    expect(run?.isEnabled({ ...facts, isRunning: true })).toBe(true);
    expect(run?.isEnabled({ ...facts, isRunning: true, mayStop: false })).toBe(false);
  });
});

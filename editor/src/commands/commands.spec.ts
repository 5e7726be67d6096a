import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { createFakeSocket } from '../live/fake-socket.js';
import { createLiveClient } from '../live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { createViewStore, selectNodes } from '../view/view-store.js';
import { allCommands } from './all-commands.js';
import { factsOf, type CommandContext } from './command.js';
import { matchKeys, nameKeys, type KeyPress } from './match-keys.js';
import { commandFor } from './use-shortcuts.js';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });
const document = parseDocument({
  heddle: 1,
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
    runs: createRunSession({ startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined }, createLiveClient(createFakeSocket()), (callback) => callback()),
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

  it('are never given to two commands, and no command lacks a title', () => {
    const keys = allCommands.flatMap((command) => command.keys);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(allCommands.map(({ id }) => id)).size).toBe(allCommands.length);
    expect(allCommands.every(({ title }) => title !== '')).toBe(true);
  });

  it('belong to a field while it has the focus, but for those that work everywhere', () => {
    expect(commandFor(press('d'), true, () => true)).toBeUndefined();
    expect(commandFor(press('d'), false, () => true)?.id).toBe('disable');
    expect(commandFor(press('k', { ctrlKey: true }), true, () => true)?.id).toBe('commands');
  });
});

describe('commands', () => {
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

  it('say so when there is nothing to paste, and change nothing', async () => {
    const { context, run, ids } = setup();
    await context.clipboard.writeText('just words');
    await run('paste');
    expect(context.view.getState().toast).toEqual({ text: 'There are no nodes on the clipboard.', isRefusal: true });
    expect(ids()).toEqual(['a', 'b']);
  });

  it('move along the graph by arrows', async () => {
    const { context, run } = setup();
    await run('go-right');
    expect(context.view.getState().selectedNodes).toEqual(['a']);
    await run('go-right');
    expect(context.view.getState().selectedNodes).toEqual(['b']);
    await run('go-left');
    expect(context.view.getState().selectedNodes).toEqual(['a']);
  });

  it('change nothing where the document is that of a run', async () => {
    const { context, run, ids } = setup();
    context.documents.setState({ origin: { kind: 'run', runId: 'r', inputs: {} } });
    selectNodes(context.view, ['a']);
    await run('delete');
    await run('disable');
    expect(ids()).toEqual(['a', 'b']);
  });
});

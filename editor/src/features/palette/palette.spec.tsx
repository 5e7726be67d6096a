/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeDescription, parseDocument } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { one, pressKey, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createCatalogStore, showCatalog } from '../document/catalog-store.js';
import { createDocumentStore, redo, showWorkflow, undo } from '../document/document-store.js';
import { createRunSession } from '../run/run-session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { CommandPalette } from './CommandPalette.js';
import { ConnectPorts } from './ConnectPorts.js';
import { FindNode } from './FindNode.js';
import { NodePalette } from './NodePalette.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not scroll.
Object.assign(Element.prototype, { scrollIntoView: () => undefined });

const port = (name: string, kind: string) => ({ name, type: kind, mode: 'one', isOptional: false });
const about = (name: string, category: string, inputs: unknown[], outputs: unknown[]): NodeDescription =>
  NodeDescription.parse({
    type: name,
    version: 1,
    category,
    title: `The ${name}`,
    summary: `About ${name}`,
    role: 'step',
    effects: [],
    config: {},
    defaults: {},
    inputs,
    outputs,
    hasDynamicPorts: false,
  });
const catalog = [
  about('search', 'retrieval', [port('query', 'Text')], [port('passages', 'Passages')]),
  about('write', 'model', [port('prompt', 'Text')], [port('text', 'Text')]),
  about('cite', 'model', [port('passages', 'Passages')], [port('text', 'Text')]),
];
const written = parseDocument({
  heddle: 2,
  name: 'Test',
  nodes: {
    first: { type: 'write', version: 1, title: 'Greet', config: { tone: 'friendly' } },
    second: { type: 'search', version: 1 },
  },
  edges: [],
  layout: { nodes: { first: [0, 0], second: [400, 0] } },
});

let page: FakePage;
let session: Session;
let focused: string[];
beforeEach(() => {
  focused = [];
  page = openFakePage(() => undefined);
  const parts = { documents: createDocumentStore(), catalog: createCatalogStore(), view: createViewStore() };
  const live = createLiveClient(createFakeSocket());
  const runs = createRunSession(
    { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
    live,
    (draw) => draw(),
  );
  showWorkflow(parts.documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: written });
  showCatalog(parts.catalog, catalog);
  const canvas = { focus: (id: string) => void focused.push(id), bringIn: () => undefined, boxOf: () => undefined };
  parts.view.setState({ canvas: canvas as never });
  const commands = { ...parts, runs, saveNow: () => undefined, clipboard: navigator.clipboard };
  session = { ...parts, live, runs, commands } as unknown as Session;
});
afterEach(() => page.leave());
const show = (element: ReactElement): Promise<void> =>
  act(async () => page.root.render(<SessionProvider value={session}>{element}</SessionProvider>));
const search = (): HTMLElement => one('[role=combobox]');
const names = (): string[] => texts('[role=option] .picker-name');
const nodes = (): string[] => Object.keys(session.documents.getState().document?.nodes ?? {});

describe('the search for a node', () => {
  it.each([
    ['its title', 'greet', ['Greet']],
    ['the title of its type', 'the search', ['The search']],
    ['its id', 'second', ['The search']],
    ['a setting', 'friendly', ['Greet']],
    ['several words in any order', 'friendly greet', ['Greet']],
    ['text that no node has', 'missing', []],
    ['special characters as plain text', '.*', []],
  ])('answers a search by %s', async (_what, query, found) => {
    await show(<FindNode />);
    await type(search(), query);
    expect(names()).toEqual(found);
  });

  it('shows the chosen node on the canvas, selects it, and closes', async () => {
    session.view.setState({ overlay: { kind: 'find' } as never });
    await show(<FindNode />);
    await type(search(), 'search');
    await pressKey(search(), 'Enter');
    expect([focused, [...session.view.getState().selectedNodes]]).toEqual([['second'], ['second']]);
    expect(session.view.getState().overlay).toBeUndefined();
  });

  it('closes with Escape and selects nothing', async () => {
    await show(<FindNode />);
    await pressKey(search(), 'Escape');
    expect([focused, [...session.view.getState().selectedNodes]]).toEqual([[], []]);
  });

  it('says that there is none in an empty workflow', async () => {
    showWorkflow(session.documents, {
      id: 'w',
      slug: 'w',
      revision: 1,
      updatedAt: 0,
      document: { ...written, nodes: {} },
    });
    await show(<FindNode />);
    expect(texts('.picker-empty')).toEqual(['No node matches.']);
  });
});

describe('the palette of nodes', () => {
  const overlay = { kind: 'palette', at: [1000, 1000] } as const;

  it('groups the types, and shows the ports of the active one', async () => {
    await show(<NodePalette overlay={overlay} />);
    expect(texts('.picker-group')).toEqual(['Models', 'Retrieval']);
    expect(names()).toEqual(['The write', 'The cite', 'The search']);
    expect(texts('.picker-detail li')).toEqual(['prompt Text', 'text Text']);
  });

  it('adds the chosen node, in one step that can be undone', async () => {
    await show(<NodePalette overlay={overlay} />);
    await type(search(), 'cite');
    await pressKey(search(), 'Enter');
    expect(nodes()).toEqual(['first', 'second', 'cite']);
    act(() => undo(session.documents));
    expect(session.documents.getState().document).toBe(written);
    act(() => redo(session.documents));
    expect(nodes()).toEqual(['first', 'second', 'cite']);
  });

  it('offers only matching types after a dropped edge, and connects the chosen one', async () => {
    const loose = { end: 'second.passages', side: 'output' } as const;
    await show(<NodePalette overlay={{ ...overlay, loose }} />);
    expect(names()).toEqual(['The cite']);
    expect(search().getAttribute('placeholder')).toBe('Search nodes with Passages as input');
    await pressKey(search(), 'Enter');
    expect(session.documents.getState().document?.edges).toEqual([{ from: 'second.passages', to: 'cite.passages' }]);
  });

  it('changes nothing in a read-only workflow', async () => {
    showWorkflow(session.documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: written }, true);
    await show(<NodePalette overlay={overlay} />);
    await pressKey(search(), 'Enter');
    expect(nodes()).toEqual(['first', 'second']);
  });

  const showAll = async (): Promise<void> => {
    showCatalog(session.catalog, [
      ...catalog,
      ...['agent', 'http', 'code'].map((name) => about(name, 'tools', [port('value', 'Text')], [])),
    ]);
    await show(<NodePalette overlay={overlay} />);
  };

  it('offers general node types when no node matches, and adds the chosen one', async () => {
    await showAll();
    await type(search(), 'zzzz qqqq');
    expect(names()).toEqual(['The http', 'The code', 'The agent', 'Trigger']);
    expect(texts('.picker-group')[0]).toContain('No match.');
    expect(texts('.picker-note')[2]).toContain('Agent tool');
    await pressKey(search(), 'Enter');
    expect(nodes()).toContain('http');
  });

  it('leads to the triggers in a search for what starts a workflow, and adds no node', async () => {
    await showAll();
    await type(search(), 'cron');
    expect(names()).toEqual(['Trigger']);
    await pressKey(search(), 'Enter');
    expect([location.pathname, nodes()]).toEqual(['/workflows/w/triggers', ['first', 'second']]);
  });

  it('offers no trigger for the end of an edge', async () => {
    await show(<NodePalette overlay={{ ...overlay, loose: { end: 'first.text', side: 'output' } }} />);
    await type(search(), 'cron');
    expect(names()).toEqual([]);
    expect(texts('.picker-empty')).toEqual(['No node with this name matches the edge.']);
  });
});

describe('ports connected by keyboard', () => {
  it('are those that match, and the chosen one is connected in one step, with a message', async () => {
    await show(<ConnectPorts edge={{ end: 'first.text', side: 'output' }} />);
    expect(one('[role=dialog]').getAttribute('aria-label')).toBe('Connect first.text to');
    expect(texts('[role=option]')).toHaveLength(1);
    await pressKey(search(), 'Enter');
    expect(session.documents.getState().document?.edges).toEqual([{ from: 'first.text', to: 'second.query' }]);
    expect(session.view.getState().toast?.text).toBe('Connected first.text to second.query');
    act(() => undo(session.documents));
    expect(session.documents.getState().document).toBe(written);
  });

  it('are chosen one after the other', async () => {
    await show(<ConnectPorts edge={undefined} />);
    await type(search(), 'second passages');
    await pressKey(search(), 'Enter');
    expect(session.view.getState().overlay).toMatchObject({
      kind: 'connect',
      edge: { end: 'second.passages', side: 'output' },
    });
    expect(session.documents.getState().document).toBe(written);
  });

  it('say that no port matches', async () => {
    await show(<ConnectPorts edge={{ end: 'second.passages', side: 'output' }} />);
    expect(texts('.picker-empty')[0]).toContain('No port matches.');
  });
});

describe('the palette of commands', () => {
  it('finds a command by its title, and runs it', async () => {
    await show(<CommandPalette />);
    const everything = names().length;
    await type(search(), 'select all');
    expect(names().length).toBeLessThan(everything);
    await pressKey(search(), 'Enter');
    expect([...session.view.getState().selectedNodes].sort()).toEqual(['first', 'second']);
  });

  it('does not run a disabled command', async () => {
    await show(<CommandPalette />);
    await type(search(), 'undo');
    expect(one('[aria-selected=true]').getAttribute('aria-disabled')).toBe('true');
    await pressKey(search(), 'Enter');
    expect(session.documents.getState().document).toBe(written);
  });

  it('does not offer itself', async () => {
    await show(<CommandPalette />);
    expect(names().filter((name) => /command/i.test(name) && /palette|search|all/i.test(name))).toEqual([]);
  });
});

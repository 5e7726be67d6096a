/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, edit, showWorkflow } from '../document/document-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createRunSession } from '../run/run-session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore, selectNodes } from '../view/view-store.js';
import type { CommandContext } from '../session/session.js';
import { useShortcuts } from './use-shortcuts.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const first = parseDocument({ heddle: 2, name: 'First', nodes: {}, edges: [] });
let commands: CommandContext;
let root: Root;
let container: HTMLElement;

function Keys(): null {
  useShortcuts();
  return null;
}

beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  commands = {
    documents: createDocumentStore(),
    catalog: createCatalogStore(),
    view: createViewStore(),
    runs: createRunSession(
      { startRun: async () => ({ runId: 'r' }), cancelRun: async () => undefined },
      createLiveClient(createFakeSocket()),
      (callback) => callback(),
    ),
    saveNow: () => undefined,
    clipboard: { readText: async () => '', writeText: async () => undefined },
  };
  showWorkflow(commands.documents, { id: 'w', slug: 'w', revision: 1, updatedAt: 0, document: first });
  act(() =>
    root.render(
      <SessionProvider value={{ commands } as unknown as Session}>
        <Keys />
      </SessionProvider>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
});

/** Presses a key; returns whether the browser's default action happens. */
function reachesBrowser(key: string, target: HTMLElement = document.body): boolean {
  return target.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true }));
}

describe('keys', () => {
  it('for undo and redo never reach the browser, which would change a field that was left', () => {
    edit(commands.documents, (before) => ({ ...before, name: 'Second' }));
    expect(reachesBrowser('z')).toBe(false);
    expect(commands.documents.getState().document).toBe(first);
    expect(reachesBrowser('z')).toBe(false);
    expect(reachesBrowser('y')).toBe(false);
    expect(commands.documents.getState().document?.name).toBe('Second');
    expect(reachesBrowser('y')).toBe(false);
  });

  it('such as Tab belong to the buttons in a corner of the canvas, and open the palette on the canvas itself', () => {
    const canvas = document.body.appendChild(document.createElement('div'));
    canvas.className = 'workflow-canvas';
    const corner = canvas.appendChild(document.createElement('div'));
    corner.className = 'react-flow__panel';
    const tab = (target: HTMLElement): boolean =>
      target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true }));
    expect(tab(corner.appendChild(document.createElement('button')))).toBe(true);
    expect(commands.view.getState().overlay).toBeUndefined();
    expect(tab(canvas)).toBe(false);
    expect(commands.view.getState().overlay).toMatchObject({ kind: 'palette' });
  });

  it('of the canvas do nothing while a button elsewhere has the focus, or after that button was removed', () => {
    edit(commands.documents, (before) => ({ ...before, nodes: { word: { type: 'text', version: 1, config: {} } } }));
    const canvas = document.body.appendChild(document.createElement('div'));
    canvas.className = 'workflow-canvas';
    canvas.tabIndex = 0;
    const tab = document.body.appendChild(document.createElement('button'));
    const removes = (target: HTMLElement): boolean => {
      selectNodes(commands.view, ['word']);
      target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Delete', bubbles: true, cancelable: true }));
      return commands.documents.getState().document?.nodes['word'] === undefined;
    };
    tab.focus();
    expect(removes(tab)).toBe(false);
    tab.remove();
    expect(removes(document.body)).toBe(false);
    canvas.focus();
    expect(removes(canvas)).toBe(true);
  });

  it('in a field stay with the field, and those for copying with the browser', () => {
    const field = document.body.appendChild(document.createElement('textarea'));
    expect(reachesBrowser('z', field)).toBe(true);
    expect(reachesBrowser('c')).toBe(true);
  });
});

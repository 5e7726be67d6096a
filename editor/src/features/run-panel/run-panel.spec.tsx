/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { readMe } from '../../data/access/me-store.js';
import { startAutosave } from '../document/autosave.js';
import { runCommands } from '../commands/run-commands.js';
import { createCatalogStore } from '../document/catalog-store.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { createFakeSocket, type FakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createRunSession, type StartRequest } from '../run/run-session.js';
import { RunContext } from '../run/use-run.js';
import { SessionProvider } from '../session/SessionProvider.js';
import { useRunSession, type Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { navigate } from '../../ui/navigation/route.js';
import { undoStore } from '../../ui/states/undo-store.js';
import { RunPanel } from './RunPanel.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
let root: Root;
let container: HTMLElement;
let started: StartRequest[];
let stopped: string[];
let socket: FakeSocket;
let session: Session;

const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const me = (role: string) => ({
  isSignInNeeded: true,
  hasUsers: true,
  principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: [role] } },
  // The same reply answers the feedback and the scores of a run.
  feedback: [],
  names: {},
  scores: [],
});

/** The rights stay known in this file after the first request, so each test requests them again. */
async function asOne(role: string): Promise<void> {
  globalThis.fetch = (async () => ({
    ok: true,
    status: 200,
    headers: new Map(),
    json: async () => me(role),
    text: async () => JSON.stringify(me(role)),
  })) as unknown as typeof fetch;
  await act(async () => {
    await readMe();
    await yieldToEventLoop();
  });
}

beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  [started, stopped] = [[], []];
  localStorage.clear();
});
afterEach(() => {
  act(() => root.unmount());
  session.autosave.stop();
  container.remove();
  globalThis.fetch = realFetch;
});

/** The panel with the run in view, as the page renders it. */
function InView() {
  return (
    <RunContext value={useRunSession((state) => state.run)}>
      <RunPanel />
    </RunContext>
  );
}

async function show(issues: readonly object[] = []): Promise<void> {
  socket = createFakeSocket();
  const live = createLiveClient(socket);
  socket.connect();
  const documents = createDocumentStore();
  showWorkflow(documents, {
    id: 'w',
    slug: 'w',
    revision: 1,
    document: parseDocument({ heddle: 2, name: 'Test', nodes: {}, edges: [] }),
  } as never);
  const text = { name: 'question', type: 'Text', title: 'Question', isOptional: false };
  documents.setState({ compiled: { issues, ports: {}, interface: { inputs: [text], outputs: [] } } as never });
  const startRun = async (_id: string, request: StartRequest) => {
    started.push(request);
    return { runId: 'r1' };
  };
  const runs = createRunSession({ startRun, cancelRun: async (id) => void stopped.push(id) }, live, (draw) => draw());
  const autosave = startAutosave(documents, { save: jest.fn<never>(), load: jest.fn<never>() });
  session = {
    documents,
    live,
    runs,
    autosave,
    commands: {},
    catalog: createCatalogStore(),
    view: createViewStore(),
  } as unknown as Session;
  Object.assign(session.commands, session);
  await act(async () => {
    root.render(
      <SessionProvider value={session}>
        <InView />
      </SessionProvider>,
    );
    // The panel also loads the current user.
    await yieldToEventLoop();
  });
}

const button = (name: string): HTMLButtonElement | undefined =>
  [...container.querySelectorAll('button')].find(({ textContent }) => textContent.trim().startsWith(name));

async function type(text: string): Promise<void> {
  const field = container.querySelector<HTMLTextAreaElement | HTMLInputElement>('textarea, input');
  if (field === null) throw new Error('there is no field');
  await act(async () => {
    // Bypasses React's own property on the field, or it would see no change.
    Reflect.set(Object.getPrototypeOf(field) as object, 'value', text, field);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

describe('the panel that runs a workflow', () => {
  it('starts a run with the inputs of its form, and stops it while it runs', async () => {
    await asOne('editor');
    await show();
    expect(button('Run')?.disabled).toBe(false);
    await act(async () => button('Run')?.click());
    expect(started).toEqual([]);
    expect(container.querySelector('.field-error')?.textContent).toBeTruthy();
    await type('Why?');
    await act(async () => button('Run')?.click());
    expect(started).toEqual([{ inputs: { question: 'Why?' } }]);
    const event = (seq: number, more: object) => ({ runId: 'r1', seq, time: seq, ...more });
    await act(async () => {
      socket.answer();
      socket.send('run:r1', [event(1, { type: 'run-start', inputs: {} })]);
    });
    expect([button('Run'), button('Stop')?.disabled]).toEqual([undefined, false]);
    // The shortcut that stops a run belongs to the editor: the form ignores it during a run.
    const heard: string[] = [];
    container.parentElement?.addEventListener('keydown', ({ key }) => heard.push(key));
    const field = container.querySelector('textarea, input');
    await act(async () =>
      field?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true })),
    );
    expect(heard).toEqual(['Enter']);
    await act(async () => button('Stop')?.click());
    expect(stopped).toEqual(['r1']);
    await act(async () => socket.send('run:r1', [event(2, { type: 'run-end', status: 'done', outputs: {} })]));
    expect([button('Run')?.disabled, button('Stop')]).toEqual([false, undefined]);
  });

  it.each([
    ['editor', true],
    ['viewer', false],
  ])('lets the role %s delete the run in view: %s', async (role, may) => {
    Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });
    undoStore.setState({ offers: [] });
    await asOne(role);
    const calls: string[] = [];
    const known = globalThis.fetch;
    globalThis.fetch = (async (address: string, init: RequestInit = {}) => {
      if (['DELETE', 'POST'].includes(init.method ?? '')) calls.push(`${init.method} ${address}`);
      return known(address, init);
    }) as unknown as typeof fetch;
    navigate('/workflows/w?run=r1');
    await show();
    await act(async () => session.runs.open('r1'));
    await act(async () => {
      socket.answer();
      socket.send('run:r1', [
        { runId: 'r1', seq: 1, time: 1, type: 'run-start', inputs: {} },
        { runId: 'r1', seq: 2, time: 2, type: 'run-end', status: 'done', outputs: {} },
      ]);
      await yieldToEventLoop();
    });
    const isShown = async (name: string): Promise<boolean> => {
      for (let count = 0; count < 200 && button(name) === undefined; count += 1) await act(yieldToEventLoop);
      return button(name) !== undefined;
    };
    expect(await isShown('Play back')).toBe(true);
    expect(button('Delete run') !== undefined).toBe(may);
    if (!may) return;
    await act(async () => button('Delete run')?.click());
    const confirm = (): HTMLButtonElement | null => document.querySelector('dialog .button-danger');
    for (let count = 0; count < 200 && confirm() === null; count += 1) await act(yieldToEventLoop);
    await act(async () => {
      confirm()?.click();
      await yieldToEventLoop();
    });
    expect([calls, window.location.search]).toEqual([['DELETE /api/runs/r1?undo=true'], '']);
    const [offer] = undoStore.getState().offers;
    expect(offer?.what).toBe('the run of “Test”');
    await act(async () => {
      await offer?.restore();
      offer?.onRestored();
    });
    expect([calls.at(-1), window.location.search]).toEqual(['POST /api/runs/r1/restore', '?run=r1']);
  });

  it('names the issue that must be fixed first, and starts nothing', async () => {
    await asOne('editor');
    await show([{ severity: 'error', code: 'x', message: 'The node has no model.', path: [] }]);
    await type('Why?');
    expect(button('Run')?.disabled).toBe(true);
    expect(container.textContent).toContain('Fix one issue first: The node has no model.');
    expect(started).toEqual([]);
  });

  it('says that an empty workflow has no nodes, and offers to add one instead of a form that could only fail', async () => {
    await asOne('editor');
    await show([{ code: 'workflow-empty', severity: 'error', message: 'There are no nodes.' }]);
    expect(button('Run')?.disabled).toBe(true);
    expect(container.querySelector('form')).toBeNull();
    expect(container.textContent).toContain('This workflow has no nodes');
    await act(async () => button('Add first node')?.click());
    expect(session.view.getState().overlay).toMatchObject({ kind: 'palette' });
    void runCommands[0]?.run(session.commands);
    await yieldToEventLoop();
    await yieldToEventLoop();
    expect(document.activeElement?.textContent).toContain('Add first node');
  });

  it('offers a viewer no run', async () => {
    await asOne('viewer');
    await show();
    expect(button('Run')).toBeUndefined();
    expect(container.textContent).toContain('Running drafts needs the role editor in this project.');
    expect(container.querySelector('a')).toBeNull();
  });

  it('leads a user who may only call published versions to the live one', async () => {
    await asOne('runner');
    await show();
    expect(button('Run')).toBeUndefined();
    expect(container.textContent).toContain('Running drafts needs the role editor in this project.');
    expect(container.querySelector('a')?.getAttribute('href')).toBe('/workflows/w/api');
  });
});

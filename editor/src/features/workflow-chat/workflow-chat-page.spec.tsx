/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { localValues } from '../../data/browser-storage.js';
import { createCatalogStore, createDocumentStore } from '../document/index.js';
import { createRunSession } from '../run/index.js';
import {
  button,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { WorkflowChatPage } from './WorkflowChatPage.js';

const document = parseDocument({
  heddle: 2,
  name: 'Chat with Warranty.md',
  nodes: {
    search: { type: 'retrieve', version: 1, config: { collection: 'warranty' } },
    answer: { type: 'generate', version: 1, config: {} },
  },
  edges: [],
  layout: { nodes: { search: [0, 0], answer: [300, 0] } },
});
const port = (name: string, type: string, more: object = {}) => ({
  name,
  type,
  isOptional: false,
  mode: 'one',
  ...more,
});
const compiled = (inputs: readonly object[], issues: readonly object[] = []) => ({
  issues,
  ports: {},
  labels: {},
  flows: [],
  interface: { inputs, outputs: [port('answer', 'Text')] },
});

let page: FeaturePage;
let started: unknown[];
beforeEach(() => {
  // jsdom has no ResizeObserver.
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  started = [];
  page = openFeaturePage();
  page.answer('GET /api/workflows/chat', { id: 'w', slug: 'chat', revision: 1, updatedAt: 0, document });
  page.answer('GET /api/nodes', { nodes: [] });
  page.answer('GET /api/kill-switches', { switches: [] });
  page.answer('POST /api/compile', compiled([port('question', 'Text')]));
  window.history.replaceState(null, '', '/workflows/chat/chat');
});
afterEach(() => {
  page.leave();
  localValues().removeItem('heddle.chat.w');
});

async function show(runId?: string): Promise<void> {
  const live = { ...page.session.live, watchRun: () => () => undefined };
  const runs = createRunSession(
    {
      startRun: async (id, body) => {
        started.push([id, body]);
        return { runId: 'r1' };
      },
      cancelRun: async () => undefined,
    },
    live,
    (callback) => callback(),
  );
  const session = {
    ...page.session,
    live,
    runs,
    documents: createDocumentStore(),
    catalog: createCatalogStore(),
    autosave: { flush: async () => undefined },
  } as unknown as Session;
  await page.show(
    <SessionProvider value={session}>
      <WorkflowChatPage workflow="chat" runId={runId} />
    </SessionProvider>,
  );
  // Waits until the lazy parts of the chat are loaded.
  for (let round = 0; round < 50 && pageText().includes('Opening the chat'); round += 1)
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
}

it('shows the workflow as a chat, with its documents, and leads to the canvas in one click', async () => {
  await show();
  expect(textsOf('h1')).toEqual(['Chat with Warranty.md']);
  expect(pageText()).toContain('Documents in warranty');
  expect(globalThis.document.activeElement?.getAttribute('aria-label')).toBe('Message');
  await press('Open canvas');
  expect(window.location.pathname).toBe('/workflows/chat');
});

it('shows the progress of a running import, and nothing once it is done', async () => {
  await show();
  const job = { jobId: 'j', kind: 'ingest', subject: 'warranty', createdAt: 1 };
  await page.publish('jobs', [{ ...job, status: 'running', progress: { documents: 3, done: 1, passages: 2 } }]);
  expect(pageText()).toContain('Importing: 1 of 3 documents · 2 passages.');
  await page.publish('jobs', [{ ...job, status: 'done', progress: {}, endedAt: 2 }]);
  expect(pageText()).not.toContain('Importing');
});

it('offers the default of the input as an example, which one click sends', async () => {
  page.answer('POST /api/compile', compiled([port('question', 'Text', { isOptional: true, default: 'How long?' })]));
  await show();
  await press('How long?');
  expect(started).toEqual([['w', expect.objectContaining({ inputs: { question: 'How long?' } })]]);
  expect(window.location.pathname + window.location.search).toBe('/workflows/chat/chat?run=r1');
  expect(textsOf('.chat-question')).toEqual(['You: How long?']);
});

it('shows the run in view on the canvas', async () => {
  await show('r1');
  await press('Open canvas');
  expect(window.location.search).toBe('?run=r1');
});

it('says which error of the workflow prevents messages', async () => {
  const issue = { code: 'model-missing', severity: 'error', message: 'The model is gone.', path: [] };
  page.answer('POST /api/compile', compiled([port('question', 'Text')], [issue]));
  await show();
  expect(pageText()).toContain('The model is gone. Open the canvas to fix it.');
  expect(button('Send')).toBeUndefined();
});

it('says to a viewer that messages need another role', async () => {
  page.signInAs('viewer');
  await show();
  expect(pageText()).toContain('Running drafts needs the role editor');
  expect(button('Send')).toBeUndefined();
});

it('says that a workflow with other inputs is no chat', async () => {
  page.answer('POST /api/compile', compiled([port('a', 'Text'), port('b', 'Text')]));
  await show();
  expect(pageText()).toContain('This workflow cannot be used as a chat.');
});

it('says that a workflow does not exist', async () => {
  page.refuse('GET /api/workflows/chat', 404, 'workflow_not_found', 'There is none.');
  await show();
  expect(pageText()).toContain('It was deleted, the address is wrong');
});

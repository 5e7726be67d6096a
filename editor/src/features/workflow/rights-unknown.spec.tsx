/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { readMe } from '../../data/access/me-store.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { PublishButton } from '../publishing/PublishButton.js';
import { createRunSession } from '../run/run-session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { RunButton } from './RunButton.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const asking = 'Checking your rights';
const realFetch = globalThis.fetch;
let root: Root;
let container: HTMLElement;
/** Answers the last request for the current user. */
let answer: (status: number, body: unknown) => void;

beforeEach(() => {
  jest.useFakeTimers();
  globalThis.fetch = ((path: string) =>
    new Promise((resolve) => {
      if (path !== '/api/auth/me') return;
      answer = (status, body) =>
        resolve({
          ok: status === 200,
          status,
          headers: new Map(),
          json: async () => body,
          text: async () => JSON.stringify(body),
        });
    })) as unknown as typeof fetch;
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
  jest.useRealTimers();
});

const me = (role: string) => ({
  isSignInNeeded: true,
  hasUsers: true,
  principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: [role] } },
});

function show(): void {
  const live = createLiveClient(createFakeSocket());
  const documents = createDocumentStore();
  showWorkflow(documents, {
    id: 'w',
    slug: 'w',
    revision: 1,
    document: parseDocument({ heddle: 2, name: 'Test', nodes: {}, edges: [] }),
  } as never);
  documents.setState({ compiled: { issues: [], ports: {}, interface: { inputs: [], outputs: [] } } as never });
  const runs = createRunSession({ startRun: jest.fn<never>(), cancelRun: jest.fn<never>() }, live, (draw) => draw());
  const session = { documents, live, runs, commands: {} } as unknown as Session;
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <RunButton />
        <PublishButton />
      </SessionProvider>,
    ),
  );
}

const buttons = (): readonly string[] =>
  [...container.querySelectorAll('button')].map(
    ({ textContent, disabled, dataset }) => `${textContent.trim()}${disabled ? ` (off: ${dataset['tip']})` : ''}`,
  );

// This test must come first, as the rights stay known in this file from then on.
it('Run and Publish are disabled, and say why, until the rights are known, even when the server fails at first', async () => {
  show();
  expect(buttons()).toEqual([`Run (off: ${asking})`, `Publish (off: ${asking})`]);
  await act(async () => answer(503, {}));
  expect(buttons()).toEqual([`Run (off: ${asking})`, `Publish (off: ${asking})`]);
  await act(() => jest.advanceTimersByTimeAsync(2_000));
  await act(async () => answer(200, me('owner')));
  expect(buttons()).toEqual(['Run', 'Publish']);
});

it('a user who may only call published versions sees why the draft does not run', async () => {
  show();
  void readMe();
  await act(async () => {
    answer(200, me('runner'));
    await jest.advanceTimersByTimeAsync(0);
  });
  expect(buttons()).toEqual(['Run (off: Running drafts needs the role editor in this project)']);
});

it('a viewer is offered neither Run nor Publish', async () => {
  show();
  void readMe();
  await act(async () => {
    answer(200, me('viewer'));
    await jest.advanceTimersByTimeAsync(0);
  });
  expect(buttons()).toEqual([]);
});

/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { readMe } from '../../data/access/me-store.js';
import { readKillSwitches } from '../../data/queries/kill-switches-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createDocumentStore, showWorkflow } from '../document/document-store.js';
import { createRunSession } from '../run/run-session.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { RunButton } from './RunButton.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
let root: Root;
let host: HTMLElement;
let targets: readonly string[];

beforeEach(() => {
  const me = {
    isSignInNeeded: false,
    hasUsers: false,
    principal: { id: 'local', kind: 'local', name: 'You', roles: {} },
  };
  const bodies: Readonly<Record<string, () => unknown>> = {
    '/api/auth/me': () => me,
    '/api/kill-switches': () => ({
      killSwitches: targets.map((target) => ({ target, reason: 'It mails strangers.', who: 'local', time: 1 })),
    }),
  };
  globalThis.fetch = (async (path: string) => {
    const body = bodies[path.split('?', 1)[0] ?? '']?.();
    return { ok: true, status: 200, headers: new Map(), text: async () => JSON.stringify(body) };
  }) as unknown as typeof fetch;
  host = document.createElement('div');
  root = createRoot(host);
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

async function titleWith(...stops: readonly string[]): Promise<string> {
  targets = stops;
  const live = createLiveClient(createFakeSocket());
  const documents = createDocumentStore();
  showWorkflow(documents, {
    id: 'w',
    slug: 'ask',
    revision: 1,
    document: parseDocument({ heddle: 2, name: 'Ask', nodes: {}, edges: [] }),
  } as never);
  documents.setState({ compiled: { issues: [], ports: {}, interface: { inputs: [], outputs: [] } } as never });
  const runs = createRunSession({ startRun: jest.fn<never>(), cancelRun: jest.fn<never>() }, live, (draw) => draw());
  const session = { documents, live, runs, commands: {} } as unknown as Session;
  await act(async () => {
    root.render(
      <SessionProvider value={session}>
        <RunButton />
      </SessionProvider>,
    );
    await readMe();
    await readKillSwitches();
  });
  const button = host.querySelector('button');
  return `${button?.disabled === true ? 'off' : 'on'}: ${button?.dataset['tip'] ?? ''}`;
}

it('Run is disabled while a kill switch covers the workflow, and says why', async () => {
  expect(await titleWith('workflow:other', 'tool:mail')).toMatch(/^on: Run/);
  expect(await titleWith('workflow:w')).toBe('off: This workflow is stopped: It mails strangers.');
  expect(await titleWith('all')).toBe('off: Everything is stopped: It mails strangers.');
});

/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JobReply } from '@heddle/core';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createFakeSocket, type FakeSocket } from '../live/fake-socket.js';
import { createLiveClient } from '../live/live-client.js';
import { SessionContext, type Session } from '../session.js';
import { CollectionPage } from './CollectionPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
const info = {
  ...{ name: 'faq', embedding: 'e', dimensions: 4, documents: 0, passages: 0 },
  ...{ store: 'embedded', createdAt: 1, updatedAt: 1 },
  ...{ splitter: { kind: 'markdown', maxTokens: 100, overlapTokens: 0 }, label: { level: 'internal', marks: [] } },
};
const job = (status: JobReply['status'], progress: Record<string, unknown>): JobReply => ({
  ...{ jobId: 'j', kind: 'ingest', subject: 'faq', status, progress, createdAt: 1 },
});
let root: Root;
let socket: FakeSocket;

beforeEach(async () => {
  const replies: Readonly<Record<string, unknown>> = {
    '/api/collections/faq': info,
    '/api/collections/faq/documents?limit=200': { documents: [] },
  };
  globalThis.fetch = (async (path: string) => {
    const body = replies[path];
    const status = body === undefined ? 404 : 200;
    return { ok: status === 200, status, headers: new Map(), json: async () => body, text: async () => '' };
  }) as unknown as typeof fetch;
  const place = document.createElement('div');
  document.body.append(place);
  root = createRoot(place);
  socket = createFakeSocket();
  const session = { live: createLiveClient(socket), runs: { leave: () => undefined } } as unknown as Session;
  await act(async () =>
    root.render(
      <SessionContext value={session}>
        <CollectionPage name="faq" document={undefined} />
      </SessionContext>,
    ),
  );
  await act(async () => {
    socket.connect();
    socket.answer();
  });
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

const tell = (state: JobReply): Promise<void> => act(async () => socket.send('jobs', [state]));
const list = (): string => document.querySelector('[aria-label=Documents]')?.textContent ?? '';
const search = (): string => document.querySelector<HTMLInputElement>('input[type=search]')?.placeholder ?? '';

it('an empty collection says that documents are being taken in while they are, and only then', async () => {
  expect(list()).toContain('Nothing is in it yet. Drop files');
  expect(search()).toBe('Add documents first');
  await tell(job('running', { documents: 12, done: 3 }));
  expect(list()).toContain('Documents are being taken in.');
  expect(list()).not.toContain('Nothing is in it yet');
  expect(search()).toBe('Documents are being taken in');
  await tell(job('failed', { documents: 12, done: 3 }));
  expect(list()).toContain('Nothing is in it yet.');
});

/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { JobReply } from '@heddle/core';
import { act } from 'react';
import { createFakeSocket, type FakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { CollectionPage } from './CollectionPage.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const info = {
  name: 'faq',
  embedding: 'e',
  dimensions: 4,
  documents: 0,
  passages: 0,
  store: 'embedded',
  createdAt: 1,
  updatedAt: 1,
  splitter: { kind: 'markdown', maxTokens: 100, overlapTokens: 0 },
  label: { level: 'internal', marks: [] },
};
const job = (status: JobReply['status'], progress: Record<string, unknown>): JobReply => ({
  jobId: 'j',
  kind: 'ingest',
  subject: 'faq',
  status,
  progress,
  createdAt: 1,
});
let page: FakePage;
let socket: FakeSocket;

beforeEach(async () => {
  const replies: Readonly<Record<string, unknown>> = {
    '/api/collections/faq': info,
    '/api/collections/faq/documents?limit=200': { documents: [] },
  };
  page = openFakePage((_method, path) => replies[path]);
  socket = createFakeSocket();
  const session = { live: createLiveClient(socket), runs: { leave: () => undefined } } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <CollectionPage name="faq" document={undefined} />
      </SessionProvider>,
    ),
  );
  await act(async () => {
    socket.connect();
    socket.answer();
  });
});
afterEach(() => {
  page.leave();
});

const tell = (state: JobReply): Promise<void> => act(async () => socket.send('jobs', [state]));
const list = (): string => document.querySelector('[aria-label=Documents]')?.textContent ?? '';
const search = (): string => document.querySelector<HTMLInputElement>('input[type=search]')?.placeholder ?? '';

it('an empty collection says so while documents are being imported, and only then', async () => {
  expect(list()).toContain('No documents yet. Drop files');
  expect(search()).toBe('Add documents first');
  await tell(job('running', { documents: 12, done: 3 }));
  expect(list()).toContain('Documents are being imported.');
  expect(list()).not.toContain('No documents yet');
  expect(search()).toBe('Documents are being imported');
  await tell(job('failed', { documents: 12, done: 3 }));
  expect(list()).toContain('No documents yet.');
});

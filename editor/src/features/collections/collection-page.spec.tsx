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

it('an empty collection says that documents are being imported only while they are', async () => {
  expect(list()).toContain('No documents yet. Drop files');
  expect(search()).toBe('Add documents first');
  await tell(job('running', { documents: 12, done: 3 }));
  expect(list()).toContain('Documents are being imported.');
  expect(list()).not.toContain('No documents yet');
  expect(search()).toBe('Documents are being imported');
  await tell(job('failed', { documents: 12, done: 3 }));
  expect(list()).toContain('No documents yet.');
});

it('lists the documents that failed in an import, in a list that scrolls by keyboard', async () => {
  const failed = (count: number) => ({
    ...job('done', {}),
    result: {
      documents: count,
      done: 0,
      unchanged: 0,
      failed: count,
      removed: 0,
      passages: 1_200,
      failures: Array.from({ length: count }, (_, at) => ({
        document: `broken-${at}.pdf`,
        code: 'document_damaged',
        message: 'It is damaged.',
      })),
    },
  });
  await tell(failed(60));
  const region = () => document.querySelector<HTMLElement>('[role=region][aria-label="Documents that failed"]');
  expect(region()?.tabIndex).toBe(0);
  expect(region()?.textContent).toContain('broken-0.pdf');
  expect(region()?.textContent).toContain('broken-59.pdf');
  expect(document.body.textContent).toContain('60 failed · 1,200 passages');
  await tell(failed(600));
  expect(region()?.textContent).toContain('100 more failed.');
});

/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { LiveContext } from '../../data/live/live-context.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { CollectionsPage } from './CollectionsPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const message = 'Qdrant does not answer: check QDRANT_URL.';
const faq = {
  name: 'faq',
  title: 'Questions',
  embedding: 'e',
  dimensions: 4,
  documents: 3,
  passages: 9,
  store: 'embedded',
  createdAt: 1,
  updatedAt: 1,
  splitter: { kind: 'markdown', maxTokens: 100, overlapTokens: 0 },
  label: { level: 'internal', marks: [] },
};
let page: FakePage;
const open = async (collections: readonly unknown[], unreachable: readonly unknown[]): Promise<void> => {
  page = openFakePage((_method, path) => (path === '/api/collections' ? { collections, unreachable } : undefined));
  await act(async () =>
    page.root.render(
      <LiveContext value={createLiveClient(createFakeSocket())}>
        <CollectionsPage />
      </LiveContext>,
    ),
  );
};
afterEach(() => page.leave());
const text = (): string => document.body.textContent ?? '';

it('shows the collections of the other stores when one store does not answer, and says so', async () => {
  await open([faq], [{ store: 'qdrant', code: 'vector_store_unreachable', message }]);
  expect(text()).toContain('Questions');
  expect(document.querySelector('[role=alert]')?.textContent).toBe(`Collections in Qdrant are missing here${message}`);
});

it('names the store of a collection outside the embedded store', async () => {
  await open([faq, { ...faq, name: 'far', title: 'Far', store: 'lancedb' }], []);
  expect(text()).toContain('e · internal3');
  expect(text()).toContain('e · internal · LanceDB (files of this server)');
});

it('does not say that there are no collections when a store does not answer', async () => {
  await open([], [{ store: 'qdrant', code: 'vector_store_unreachable', message }]);
  expect(text()).not.toContain('No collections yet');
  page.leave();
  await open([], []);
  expect(text()).toContain('No collections yet');
});

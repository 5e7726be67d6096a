/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { act } from 'react';
import { localValues } from '../../../data/browser-storage.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createDocumentStore, showWorkflow } from '../../document/document-store.js';
import { createRunSession } from '../../run/run-session.js';
import { openFeaturePage, pageText, press, textsOf, type FeaturePage } from '../../session/testing/feature-page.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { ChatPanel } from './ChatPanel.js';
import { storeChat, storeThread } from './chat-store.js';

const ports = { input: 'question', takes: 'text', output: 'answer', source: undefined } as const;
const citation = (number: number, title: string) => ({
  number,
  passage: `p${number}`,
  document: `${title}.md`,
  title,
  quote: `The text of ${title}.`,
  quoteStart: 0,
  quoteEnd: 10,
});
const run = (outputs: Readonly<Record<string, unknown>>) => ({
  runId: 'r2',
  status: 'done',
  nodes: {},
  outputs,
  summary: {
    runId: 'r2',
    workflowName: 'Ask',
    status: 'done',
    trigger: 'editor',
    acceptedAt: 1,
    lastSeq: 1,
    inputTokens: 0,
    outputTokens: 0,
    cost: 0,
  },
});

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
});
afterEach(() => {
  page.leave();
  localValues().removeItem('heddle.chat.w');
  localValues().removeItem('heddle.chat-thread.w');
});

async function show(): Promise<void> {
  const documents = createDocumentStore();
  const document = parseDocument({ heddle: 2, name: 'Ask', nodes: {}, edges: [] });
  showWorkflow(documents, { id: 'w', slug: 'ask', revision: 1, updatedAt: 0, document });
  const live = createLiveClient(createFakeSocket());
  const runs = createRunSession(
    { startRun: async () => ({ runId: 'r3' }), cancelRun: async () => undefined },
    live,
    (callback) => callback(),
  );
  const session = { ...page.session, documents, runs, live } as unknown as Session;
  await page.show(
    <SessionProvider value={session}>
      <ChatPanel ports={ports} />
    </SessionProvider>,
  );
  // Waits until the lazy part for answers with sources is loaded.
  for (let round = 0; round < 20 && textsOf('.source-name').length < 3; round += 1)
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
}

it('an answer shows and keeps the sources of its run, and the marks of the latest answer lead to them', async () => {
  storeChat(
    'w',
    [
      { role: 'user', content: 'Before?', runId: 'r1' },
      { role: 'assistant', content: 'Earlier [1].', runId: 'r1', citations: [citation(1, 'Old')] as never },
      { role: 'user', content: 'How long?', runId: 'r2' },
    ],
    localValues(),
  );
  page.answer(
    'GET /api/runs/r2',
    run({ answer: 'Two years [3], once one [1].', sources: [citation(1, 'Older'), citation(3, 'Warranty')] }),
  );
  await show();
  expect(textsOf('.source-name')).toEqual(['Old', 'Warranty', 'Older']);
  expect(pageText()).toContain('The text of Warranty.');
  // The marks are numbered in the order of the answer.
  expect(textsOf('a.citation-mark')).toEqual(['1', '2']);
  expect(document.querySelectorAll('#source-1')).toHaveLength(1);
  expect(document.querySelector('#source-1')?.textContent).toContain('Warranty');
});

it('a conversation that is too long for this browser is loaded from the server, page by page', async () => {
  const said = (texts: readonly string[]) =>
    texts.map((content, index) => ({ message: { role: index % 2 === 0 ? 'user' : 'assistant', content }, run: 'r' }));
  const kept = Array.from({ length: 200 }, (_value, index) => ({ role: 'user' as const, content: `Kept ${index}` }));
  storeChat('w', [...kept.slice(1), { role: 'assistant', content: 'Kept answer' }], localValues());
  storeThread('w', 't1', localValues());
  page.answer('GET /api/conversations/t1?limit=200', { said: said(['Newer?', 'Newer.']), next: 3 });
  page.answer('GET /api/conversations/t1?limit=200&before=3', { said: said(['Older?', 'Older.']) });
  await show();
  expect(textsOf('.chat-question')).toEqual(['You: Newer?']);
  await press('Show earlier messages');
  expect(textsOf('.chat-question')).toEqual(['You: Older?', 'You: Newer?']);
  expect(pageText()).not.toContain('Show earlier messages');
});

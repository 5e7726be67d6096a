/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createFakeSocket, type FakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, choose, one, pageText, pressButton, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createAnswerDrafts } from '../run/answers/answer-drafts.js';
import { AnswerOutbox, sendAnswer } from '../run/answers/answer-outbox.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { InboxLink } from './InboxLink.js';
import { InboxPage } from './InboxPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let socket: FakeSocket;
let session: Session;
let requests: unknown;
let refusal: { readonly status: number; readonly body?: unknown };
const ask = (runId: string, question: Record<string, unknown> = {}) => ({
  requestId: 'q',
  runId,
  path: 'ask',
  time: Date.now(),
  question: { title: `Question of ${runId}`, schema: { type: 'boolean' }, ...question },
});

beforeEach(() => {
  [requests, refusal] = [[], { status: 404 }];
  socket = createFakeSocket();
  page = openFakePage(
    (_method, path) => {
      if (path.startsWith('/api/human-inputs')) return requests === undefined ? undefined : { requests };
      return path.startsWith('/api/runs') ? { runs: [] } : undefined;
    },
    () => refusal,
  );
  const storage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  const live = createLiveClient(socket);
  const drafts = createAnswerDrafts({ storage, me: () => undefined });
  const answers = new AnswerOutbox({
    send: sendAnswer,
    onConnection: live.onConnection,
    me: () => undefined,
    storage,
    onRefused: () => undefined,
    onDecided: drafts.forget,
    later: () => undefined,
  });
  session = { answers, drafts, live, view: createViewStore(), runs: { leave: () => undefined } } as unknown as Session;
});
afterEach(() => page.leave());
const show = (element = <InboxPage only={undefined} />): Promise<void> =>
  act(async () => page.root.render(<SessionProvider value={session}>{element}</SessionProvider>));

describe('the inbox', () => {
  it('says that no request is open', async () => {
    await show();
    expect(pageText()).toContain('No open requests.');
    expect(all('.filters')).toEqual([]);
  });

  it('says why it cannot be loaded, and loads again after a reconnect', async () => {
    requests = undefined;
    refusal = { status: 403, body: { error: { code: 'forbidden', message: 'Not for you.', retryable: false } } };
    await show();
    expect(one('[role=alert]').textContent).toContain('Not for you.');
    expect(pageText()).not.toContain('No open requests.');
    requests = [ask('one')];
    await act(async () => socket.connect());
    expect([texts('.request-title'), all('[role=alert]')]).toEqual([['Question of one'], []]);
  });

  it('keeps its requests while the server is unreachable', async () => {
    requests = [ask('one')];
    socket.connect();
    await show();
    requests = undefined;
    refusal = { status: 503 };
    await act(async () => socket.send('runs', [{}]));
    expect(texts('.request-title')).toEqual(['Question of one']);
    expect(texts('.failure-title')).toEqual(['No connection to Heddle']);
  });

  it('shows only overdue requests on demand, and says when there are none', async () => {
    requests = [ask('late', { dueAt: 1 }), ask('calm')];
    await show();
    expect(texts('.head-actions .quiet')).toEqual(['2 requests wait']);
    await pressButton('Overdue');
    expect(texts('.request-title')).toEqual(['Question of late']);
    requests = [ask('calm')];
    await act(async () => socket.connect());
    expect(pageText()).toContain('No request matches. Change the filters.');
  });

  it('shows only the requests for one person on demand', async () => {
    requests = [ask('a', { assignee: 'ada' }), ask('b', { assignee: 'bo' })];
    await show();
    expect(texts('option')).toEqual(['Everyone', 'ada', 'bo']);
    await choose(one('select'), 'bo');
    expect(texts('.request-title')).toEqual(['Question of b']);
  });

  it('shows one request by its link, and says when that request is closed', async () => {
    requests = [ask('a'), ask('b')];
    await show(<InboxPage only={{ runId: 'b', requestId: 'q' }} />);
    expect([texts('h1'), texts('.request-title')]).toEqual([['Human input request'], ['Question of b']]);
    await show(<InboxPage only={{ runId: 'b', requestId: 'gone' }} />);
    expect(pageText()).toContain('This request is closed');
    expect(texts('.request-title')).toEqual([]);
  });

  it('shows markup in a title as text', async () => {
    requests = [ask('a', { title: '<img src=x onerror=alert(1)>' })];
    await show();
    expect([texts('.request-title'), all('img')]).toEqual([['<img src=x onerror=alert(1)>'], []]);
  });
});

it.each([
  [0, 'Inbox', ''],
  [1, 'Inbox, 1 open request', '1'],
  [99, 'Inbox, 99 open requests', '99'],
  [120, 'Inbox, 120 open requests', '99+'],
])('the link to the inbox with %s requests is named %s', async (count, name, shown) => {
  requests = Array.from({ length: count }, (_none, index) => ask(`r${index}`));
  await show(<InboxLink isCurrent={false} />);
  expect([one('a').getAttribute('aria-label'), pageText()]).toEqual([name, shown]);
});

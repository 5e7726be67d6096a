/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createAnswerDrafts } from '../run/answers/answer-drafts.js';
import { AnswerOutbox } from '../run/answers/answer-outbox.js';
import { sendAnswer } from '../run/answers/answer-outbox.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore } from '../view/view-store.js';
import { InboxPage } from './InboxPage.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
const schema = { type: 'object', properties: { name: { type: 'string', title: 'Name' } }, required: ['name'] };
const ask = (runId: string) => ({
  requestId: `ask-${runId}`,
  runId,
  path: 'ask',
  time: 0,
  question: { title: `Who, ${runId}?`, schema },
});
let open: readonly ReturnType<typeof ask>[];
let refresh: () => void;
let root: Root;
let container: HTMLElement;
let session: Session;

beforeEach(async () => {
  open = ['one', 'two'].map(ask);
  globalThis.fetch = (async (path: string) => ({
    ok: true,
    status: 200,
    headers: new Headers(),
    text: async () =>
      JSON.stringify(path.startsWith('/api/human-inputs') ? { requests: open } : { runs: [], queues: [] }),
  })) as unknown as typeof fetch;
  const storage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  const live = {
    onConnection: () => () => undefined,
    watchTopic: (_topic: string, { onEvents }: { readonly onEvents: () => void }) => {
      refresh = onEvents;
      return () => undefined;
    },
  };
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
  const runs = { leave: () => undefined };
  session = { answers, drafts, live, runs, view: createViewStore() } as unknown as Session;
  container = document.body.appendChild(document.createElement('div'));
  root = createRoot(container);
  await show();
});
afterEach(() => {
  act(() => root.unmount());
  container.remove();
  globalThis.fetch = realFetch;
});

const settle = (): Promise<void> => act(async () => new Promise((resolve) => setTimeout(resolve, 5)));
async function show(): Promise<void> {
  act(() =>
    root.render(
      <SessionProvider value={session}>
        <InboxPage only={undefined} />
      </SessionProvider>,
    ),
  );
  await settle();
}
const fields = (): HTMLInputElement[] => [...container.querySelectorAll<HTMLInputElement>('.request input')];
async function type(field: HTMLInputElement | undefined, text: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
    field?.dispatchEvent(new Event('input', { bubbles: true }));
  });
}
async function become(next: typeof open): Promise<void> {
  open = next;
  act(() => refresh());
  await settle();
}

it('keeps an unfinished answer while other questions come and go, and while the page is left', async () => {
  await type(fields()[1], 'Ada');
  await become([ask('three'), ask('two')]);
  expect(fields().map(({ value }) => value)).toEqual(['', 'Ada']);
  act(() => root.render(<p>Elsewhere</p>));
  await show();
  expect(fields().map(({ value }) => value)).toEqual(['', 'Ada']);
  expect(session.view.getState().toast).toBeUndefined();
});

it('says that an unfinished answer was not sent when another user answered', async () => {
  await type(fields()[0], 'Ada');
  await become([ask('two')]);
  expect(session.view.getState().toast?.text).toContain('“Who, one?” is closed');
});

it('removes the stored answer once it is sent from here, without a message', async () => {
  await type(fields()[0], 'Ada');
  await act(async () => container.querySelector<HTMLButtonElement>('.request button[type=submit]')?.click());
  await become([ask('two')]);
  expect([session.drafts.store.getState().size, session.view.getState().toast]).toEqual([0, undefined]);
});

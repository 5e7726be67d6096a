/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { SessionContext, type Session } from '../session.js';
import '../values/MarkdownBody.js';
import { createViewStore } from '../view/view-store.js';
import { AnswerForm } from './AnswerForm.js';
import { createAnswerOutbox } from './answer-outbox.js';
import { sendAnswer } from './run-api.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
let session: Session;
let root: Root;
let place: HTMLElement;
let connected: (isConnected: boolean) => void;

beforeEach(() => {
  const answers = createAnswerOutbox({
    send: sendAnswer,
    onConnection: (listener) => {
      connected = listener;
      return () => undefined;
    },
    me: () => 'local',
    onRefused: () => undefined,
    storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    later: () => undefined,
  });
  session = { answers, live: { onConnection: () => () => undefined } } as unknown as Session;
  globalThis.fetch = () => new Promise(() => undefined);
  place = document.createElement('div');
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

it('shows the explanation of a question as Markdown, and no markup in it', async () => {
  const body = 'Look at the **amounts**:\n\n- price\n- <img src=x>';
  const question = { title: 'May it go?', body, schema: { type: 'object' }, buttons: [{ id: 'yes', title: 'Yes' }] };
  await act(async () =>
    root.render(
      <SessionContext value={session}>
        <AnswerForm runId="r" askId="a" question={question} />
      </SessionContext>,
    ),
  );
  const shown = place.querySelector('.ask-body');
  expect(shown?.querySelector('strong')?.textContent).toBe('amounts');
  expect([...(shown?.querySelectorAll('li') ?? [])].map((item) => item.textContent)).toEqual(['price', '<img src=x>']);
  expect(shown?.querySelector('img')).toBeNull();
});

it('says that an answer came too late, also where the question has left the page', async () => {
  const view = createViewStore();
  let reply: (response: unknown) => void = () => undefined;
  globalThis.fetch = (() => new Promise((resolve) => (reply = resolve))) as unknown as typeof fetch;
  const question = { title: 'May it go?', schema: { type: 'object' }, buttons: [{ id: 'no', title: 'Refuse' }] };
  await act(async () =>
    root.render(
      <SessionContext value={{ ...session, view }}>
        <AnswerForm runId="r" askId="a" question={question} />
      </SessionContext>,
    ),
  );
  await act(async () => place.querySelector<HTMLElement>('.ask-actions button')?.click());
  act(() => root.render(<p>No question is open.</p>));
  await act(async () => {
    const error = { code: 'ask_decided', message: 'It was decided already.', retryable: false };
    reply({ ok: false, status: 409, headers: new Headers(), json: async () => ({ error }), text: async () => '' });
    await new Promise((resolve) => setTimeout(resolve));
  });
  expect(view.getState().toast).toEqual({
    text: 'Your answer to “May it go?” came too late and was not taken. The run says who decided.',
    isRefusal: true,
  });
});

it('says that an answer waits while the server is away, and sends it by itself', async () => {
  const sent: string[] = [];
  let isAway = true;
  globalThis.fetch = (async (path: string, { body }: { readonly body?: string } = {}) => {
    if (isAway) throw new TypeError('Failed to fetch');
    if (path.includes('/asks/')) sent.push(body ?? '');
    return { ok: true, status: 204, headers: new Headers(), json: async () => ({}), text: async () => '' };
  }) as unknown as typeof fetch;
  const question = { title: 'May it go?', schema: { type: 'object' }, buttons: [{ id: 'yes', title: 'Allow' }] };
  await act(async () =>
    root.render(
      <SessionContext value={{ ...session, view: createViewStore() }}>
        <AnswerForm runId="r" askId="a" question={question} />
      </SessionContext>,
    ),
  );
  await act(async () => place.querySelector<HTMLElement>('.ask-actions button')?.click());
  expect(place.querySelector('.ask-unsent')?.textContent).toContain('Your answer “Allow” is kept in this tab');
  expect(place.querySelector<HTMLElement>('.ask-way')?.hidden).toBe(true);
  isAway = false;
  await act(async () => {
    connected(true);
    await new Promise((resolve) => setTimeout(resolve));
  });
  expect(sent).toEqual(['{"value":{"choice":"yes"}}']);
  expect(place.querySelector('.ask-unsent')).toBeNull();
  expect(place.querySelector<HTMLButtonElement>('.ask-actions button')?.disabled).toBe(true);
});

/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import '../../ui/markdown/MarkdownBody.js';
import { createViewStore } from '../view/view-store.js';
import { AnswerForm } from './AnswerForm.js';
import { createAnswerDrafts } from '../run/answers/answer-drafts.js';
import { AnswerOutbox, outboxKey } from '../run/answers/answer-outbox.js';
import { followQuestions } from './left-behind.js';
import { sendAnswer } from '../run/answers/answer-outbox.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const realFetch = globalThis.fetch;
let session: Session;
let root: Root;
let container: HTMLElement;
let connected: (isConnected: boolean) => void;
let device: Map<string, string>;
let me: string;

beforeEach(() => {
  me = 'local';
  device = new Map();
  const storage = {
    getItem: (key: string) => device.get(key) ?? null,
    setItem: (key: string, value: string) => void device.set(key, value),
    removeItem: (key: string) => void device.delete(key),
  };
  const drafts = createAnswerDrafts({ storage, me: () => me });
  const answers = new AnswerOutbox({
    send: sendAnswer,
    onConnection: (listener) => {
      connected = listener;
      return () => undefined;
    },
    me: () => me,
    onRefused: () => undefined,
    onDecided: drafts.forget,
    storage,
    later: () => undefined,
  });
  session = {
    answers,
    drafts,
    view: createViewStore(),
    live: { onConnection: () => () => undefined },
  } as unknown as Session;
  globalThis.fetch = () => new Promise(() => undefined);
  container = document.createElement('div');
  root = createRoot(container);
});
afterEach(() => {
  act(() => root.unmount());
  globalThis.fetch = realFetch;
});

it.each([
  [true, ['Continue', 'Step']],
  [false, ['Answer']],
])(
  'has the buttons of a breakpoint only at a breakpoint, whatever the title says: %s',
  async (isBreakpoint, captions) => {
    const question = { title: "Paused before 'Write it'", schema: {} };
    await act(async () =>
      root.render(
        <SessionProvider value={session}>
          <AnswerForm runId="r" requestId="a" question={question} isBreakpoint={isBreakpoint} />
        </SessionProvider>,
      ),
    );
    const buttons = [...container.querySelectorAll('button')].map((button) => button.textContent);
    for (const caption of captions) expect(buttons).toContain(caption);
    expect(buttons.includes('Step')).toBe(isBreakpoint);
  },
);

it('shows the explanation of a question as Markdown, and HTML in it as text', async () => {
  const body = 'Look at the **amounts**:\n\n- price\n- <img src=x>';
  const question = { title: 'May it go?', body, schema: { type: 'object' }, buttons: [{ id: 'yes', title: 'Yes' }] };
  await act(async () =>
    root.render(
      <SessionProvider value={session}>
        <AnswerForm runId="r" requestId="a" question={question} />
      </SessionProvider>,
    ),
  );
  const shown = container.querySelector('.request-body');
  expect(shown?.querySelector('strong')?.textContent).toBe('amounts');
  expect([...(shown?.querySelectorAll('li') ?? [])].map((item) => item.textContent)).toEqual(['price', '<img src=x>']);
  expect(shown?.querySelector('img')).toBeNull();
});

it('shows the value to judge and its label, and keeps hashes and ids behind Details', async () => {
  const hash = 'sha256:0123456789abcdef';
  const details = { value: 'Dear Ada', label: { level: 'confidential', marks: [] }, hash, ticket: 'T-42' };
  const question = { title: 'May it go?', schema: { type: 'object' }, buttons: [{ id: 'yes', title: 'Yes' }], details };
  const show = (isCompact: boolean): Promise<void> =>
    act(async () =>
      root.render(
        <SessionProvider value={session}>
          <AnswerForm runId="run-7" requestId="request-8" question={question} isCompact={isCompact} />
        </SessionProvider>,
      ),
    );
  await show(false);
  const more = container.querySelector('details');
  expect(more?.open).toBe(false);
  for (const text of [hash, 'run-7', 'request-8', 'T-42']) expect(more?.textContent).toContain(text);
  more?.remove();
  expect(container.textContent).toContain('Dear Ada');
  expect(container.textContent).toContain('confidential');
  for (const text of ['sha256', 'run-7', 'request-8', 'T-42']) expect(container.textContent).not.toContain(text);
});

it('shows no hashes and ids on a card', async () => {
  const details = { value: 'Dear Ada', hash: 'sha256:0123456789abcdef' };
  const question = { title: 'May it go?', schema: { type: 'object' }, buttons: [{ id: 'yes', title: 'Yes' }], details };
  await act(async () =>
    root.render(
      <SessionProvider value={session}>
        <AnswerForm runId="run-7" requestId="request-8" question={question} isCompact />
      </SessionProvider>,
    ),
  );
  expect(container.textContent).toContain('Dear Ada');
  expect(container.textContent).not.toContain('sha256');
  expect(container.querySelector('details')).toBeNull();
});

it('says that an answer came too late, even after the question has left the page', async () => {
  const view = createViewStore();
  let reply: (response: unknown) => void = () => undefined;
  globalThis.fetch = (() => new Promise((resolve) => (reply = resolve))) as unknown as typeof fetch;
  const question = { title: 'May it go?', schema: { type: 'object' }, buttons: [{ id: 'no', title: 'Refuse' }] };
  await act(async () =>
    root.render(
      <SessionProvider value={{ ...session, view }}>
        <AnswerForm runId="r" requestId="a" question={question} />
      </SessionProvider>,
    ),
  );
  await act(async () => container.querySelector<HTMLElement>('.request-actions button')?.click());
  act(() => root.render(<p>No question is open.</p>));
  await act(async () => {
    const error = { code: 'human_input_decided', message: 'It was decided already.', retryable: false };
    reply({
      ok: false,
      status: 409,
      headers: new Headers(),
      json: async () => ({ error }),
      text: async () => JSON.stringify({ error }),
    });
    await new Promise((resolve) => setTimeout(resolve));
  });
  expect(view.getState().toast).toEqual({
    text: 'Your answer to “May it go?” came too late. The run shows who decided.',
    isRefusal: true,
  });
});

it('says that an answer waits while the server is unreachable, and sends it automatically', async () => {
  const sent: string[] = [];
  let isAway = true;
  globalThis.fetch = (async (path: string, { body }: { readonly body?: string } = {}) => {
    if (isAway) throw new TypeError('Failed to fetch');
    if (path.includes('/human-inputs/')) sent.push(body ?? '');
    return {
      ok: true,
      status: 204,
      headers: new Headers(),
      json: async () => ({}),
      text: async () => JSON.stringify({}),
    };
  }) as unknown as typeof fetch;
  const question = { title: 'May it go?', schema: { type: 'object' }, buttons: [{ id: 'yes', title: 'Allow' }] };
  await act(async () =>
    root.render(
      <SessionProvider value={{ ...session, view: createViewStore() }}>
        <AnswerForm runId="r" requestId="a" question={question} />
      </SessionProvider>,
    ),
  );
  await act(async () => container.querySelector<HTMLElement>('.request-actions button')?.click());
  expect(container.querySelector('.request-unsent')?.textContent).toContain('Your answer “Allow” is kept in this tab');
  expect(container.querySelector<HTMLElement>('.request-way')?.hidden).toBe(true);
  isAway = false;
  await act(async () => {
    connected(true);
    await new Promise((resolve) => setTimeout(resolve));
  });
  expect(sent).toEqual(['{"value":{"choice":"yes"}}']);
  expect(container.querySelector('.request-unsent')).toBeNull();
  expect(container.querySelector<HTMLButtonElement>('.request-actions button')?.disabled).toBe(true);
});

const reply = {
  ok: true,
  status: 204,
  headers: new Headers(),
  json: async () => ({}),
  text: async () => JSON.stringify({}),
};
const form = {
  title: 'Which account?',
  schema: {
    type: 'object',
    properties: { name: { type: 'string' }, key: { type: 'string', format: 'password' } },
    required: ['name', 'key'],
  },
};
const [name, key] = [0, 1].map((index) => () => container.querySelectorAll('input')[index] as HTMLInputElement) as [
  () => HTMLInputElement,
  () => HTMLInputElement,
];
const show = (requestId: string): Promise<void> =>
  act(async () =>
    root.render(
      <SessionProvider value={session}>
        <AnswerForm key={requestId} runId="r" requestId={requestId} question={form} />
      </SessionProvider>,
    ),
  );
const type = (input: HTMLInputElement, text: string): Promise<void> =>
  act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });

describe('an unsent answer', () => {
  beforeEach(() => document.body.append(container));
  afterEach(() => container.remove());

  it('is restored after the page was left, for its own question and its own user only', async () => {
    await show('a');
    await type(name(), 'Ada');
    await show('b');
    expect(name().value).toBe('');
    await show('a');
    expect(name().value).toBe('Ada');
    me = 'user:bo';
    await show('b');
    await show('a');
    expect(name().value).toBe('');
  });

  it('is restored after a reload, except for secrets, which are never stored', async () => {
    await show('a');
    await type(name(), 'Ada');
    await type(key(), 'hunter2');
    expect([key().type, key().value]).toEqual(['password', 'hunter2']);
    expect([...device.values()].join()).toContain('Ada');
    expect([...device.values()].join()).not.toContain('hunter2');
    const storage = {
      getItem: (at: string) => device.get(at) ?? null,
      setItem: () => undefined,
      removeItem: () => undefined,
    };
    session = { ...session, drafts: createAnswerDrafts({ storage, me: () => me }) };
    await show('b');
    await show('a');
    expect([name().value, key().value]).toEqual(['Ada', '']);
  });

  it('is removed once it is sent, and does not store a secret that waits for the server', async () => {
    let isAway = true;
    globalThis.fetch = (async () => {
      if (isAway) throw new TypeError('Failed to fetch');
      return reply;
    }) as unknown as typeof fetch;
    await show('a');
    await type(name(), 'Ada');
    await type(key(), 'hunter2');
    await act(async () => container.querySelector<HTMLButtonElement>('button[type=submit]')?.click());
    expect(container.querySelector('.request-unsent')?.textContent).not.toContain('hunter2');
    expect([...device.values()].join()).not.toContain('hunter2');
    isAway = false;
    await act(async () => {
      connected(true);
      await new Promise((resolve) => setTimeout(resolve));
    });
    expect([...device.keys()]).toEqual([]);
    expect(session.drafts.read(outboxKey('r', 'a'))).toBeUndefined();
  });

  it('is reported as not sent when its question closes', async () => {
    const follow = followQuestions(session);
    const open = ['a', 'b'].map((requestId) => ({ runId: 'r', requestId, title: `Question ${requestId}` }));
    follow(open);
    await show('a');
    await type(name(), 'Ada');
    act(() => follow(open.slice(0, 1)));
    expect(session.view.getState().toast).toBeUndefined();
    act(() => follow([]));
    expect(session.view.getState().toast?.text).toContain('“Question a” is closed. Your input was not sent.');
    expect([...device.keys()]).toEqual([]);
  });
});

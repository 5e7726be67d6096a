/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HumanQuestion } from '@heddle/client';
import { act } from 'react';
import { all, buttonNamed, one, press, pressKey, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import '../../ui/markdown/MarkdownBody.js';
import { createChat } from './chat.js';
import { ChatError } from './chat-error.js';
import { ChatView } from './ChatView.js';
import type { Chat, ChatEvent, ChatRun, ChatServer, ThreadPage } from './types.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
beforeEach(() => {
  page = openFakePage(() => undefined);
  // jsdom has no layout.
  Object.assign(globalThis, {
    ResizeObserver: class {
      observe(): void {}
      disconnect(): void {}
    },
  });
});
afterEach(() => {
  page.leave();
  localStorage.clear();
  sessionStorage.clear();
});

const message = (role: 'user' | 'assistant', text: string, run: string): ThreadPage['messages'][number] => ({
  role,
  text,
  run,
  isWithheld: false,
});
const done = (answer: string, runId = 'r'): ChatRun => ({ runId, status: 'done', outputs: { answer } });

/** A server that answers each message with the same text, and records what it is asked. */
function serverOf(over: Partial<ChatServer> = {}) {
  const asked: unknown[] = [];
  const server: ChatServer = {
    start: async function* (question, _id, thread): AsyncGenerator<ChatEvent> {
      asked.push([question.inputs, thread]);
      yield { type: 'run', runId: 'r', thread: 't' };
      yield { type: 'result', run: done('Fine.') };
    },
    follow: async function* (): AsyncGenerator<ChatEvent> {
      yield { type: 'result', run: done('Fine.') };
    },
    get: async () => done('Fine.'),
    messages: async () => ({ messages: [] }),
    cancel: async () => undefined,
    feedback: async () => undefined,
    ...over,
  };
  return { server, asked };
}
const chatWith = (server: ChatServer, name?: string): Chat =>
  createChat({ connect: () => server, ports: { input: 'question', output: 'answer' }, name });
const show = (chat: Chat): Promise<void> => act(async () => page.root.render(<ChatView chat={chat} theme="dark" />));
const ask = async (text: string): Promise<void> => {
  await type(one<HTMLTextAreaElement>('textarea'), text);
  await pressKey(one('textarea'), 'Enter');
};
const keepsThread = (): void =>
  localStorage.setItem('heddle thread n', JSON.stringify({ session: 's'.repeat(24), thread: 't' }));

describe('a chat of the kit', () => {
  it('sends the first message on a new thread, the next one on the same thread, and starts another with a new conversation', async () => {
    const { server, asked } = serverOf();
    const chat = chatWith(server, 'n');
    await show(chat);
    await ask('One?');
    await ask('Two?');
    expect(texts('.chat-question')).toEqual(['You: One?', 'You: Two?']);
    await act(async () => chat.begin());
    await ask('Three?');
    expect(asked).toEqual([
      [{ question: 'One?' }, 'new'],
      [{ question: 'Two?' }, 't'],
      [{ question: 'Three?' }, 'new'],
    ]);
    expect(one('.heddle-chat').dataset['theme']).toBe('dark');
  });

  it('opens a stored thread with its newest messages, and shows the earlier ones page by page', async () => {
    keepsThread();
    const pages: Record<string, ThreadPage> = {
      newest: {
        messages: [
          message('assistant', 'Second.', 'r2'),
          message('user', 'Third?', 'r3'),
          message('assistant', 'Third.', 'r3'),
        ],
        next: 4,
      },
      4: { messages: [message('assistant', 'First.', 'r1'), message('user', 'Second?', 'r2')], next: 2 },
      2: { messages: [message('user', 'First?', 'r1')] },
    };
    const read: unknown[] = [];
    const { server } = serverOf({
      messages: async (thread, before) => {
        read.push([thread, before]);
        return pages[before ?? 'newest'] ?? { messages: [] };
      },
    });
    await show(chatWith(server, 'n'));
    expect(texts('.chat-question')).toEqual(['You: Third?']);
    await press(buttonNamed('Show earlier messages') as HTMLElement);
    await press(buttonNamed('Show earlier messages') as HTMLElement);
    expect(texts('.chat-question, .chat-answer')).toEqual(
      ['First', 'Second', 'Third'].flatMap((word) => [`You: ${word}?`, `Answer: ${word}.`]),
    );
    expect(buttonNamed('Show earlier messages')).toBeUndefined();
    expect(read).toEqual([
      ['t', undefined],
      ['t', 4],
      ['t', 2],
    ]);
  });

  it('says why earlier messages cannot be loaded, and loads them at the next press', async () => {
    keepsThread();
    let isThere = false;
    const { server } = serverOf({
      messages: async (_thread, before) => {
        if (before === undefined) return { messages: [message('user', 'New?', 'r2')], next: 2 };
        if (!isThere) throw new ChatError('busy', 'Too many requests.');
        return { messages: [message('user', 'Old?', 'r1')] };
      },
    });
    await show(chatWith(server, 'n'));
    await press(buttonNamed('Show earlier messages') as HTMLElement);
    expect(texts('[role=alert]')).toEqual(['Too many requests.']);
    isThere = true;
    await press(buttonNamed('Show earlier messages') as HTMLElement);
    expect([texts('.chat-question'), texts('[role=alert]')]).toEqual([['You: Old?', 'You: New?'], []]);
  });

  it('stores a hundred turns in its tab, and loads a longer conversation from the server', async () => {
    let messages: ThreadPage['messages'] = [];
    const { server } = serverOf({ messages: async () => ({ messages }) });
    const chat = chatWith(server, 'n');
    for (let turn = 0; turn < 101; turn += 1) {
      await act(async () => chat.send(`Question ${turn}`));
      if (turn === 99) expect(chatWith(server, 'n').getState().turns).toHaveLength(100);
    }
    messages = [message('user', 'From the server?', 'r1')];
    await show(chatWith(server, 'n'));
    expect(texts('.chat-question')).toEqual(['You: From the server?']);
  });

  it('starts a new thread when its own was erased', async () => {
    keepsThread();
    const { server, asked } = serverOf({
      messages: async () => Promise.reject(new ChatError('thread_not_found', 'There is no such thread.')),
    });
    await show(chatWith(server, 'n'));
    await ask('Hello?');
    expect(asked).toEqual([[{ question: 'Hello?' }, 'new']]);
  });

  it('sends a message only once it knows whether its thread still exists', async () => {
    keepsThread();
    let refuse = (_error: Error): void => undefined;
    const { server, asked } = serverOf({ messages: () => new Promise((_resolve, reject) => (refuse = reject)) });
    await show(chatWith(server, 'n'));
    await ask('Hello?');
    expect(asked).toEqual([]);
    await act(async () => refuse(new ChatError('thread_not_found', 'There is no such thread.')));
    expect(asked).toEqual([[{ question: 'Hello?' }, 'new']]);
    expect(texts('.chat-answer')).toEqual(['Answer: Fine.']);
  });
});

describe('a run that waits for a person', () => {
  const question: HumanQuestion = {
    requestId: 'q',
    title: '<b>Send it?</b>',
    body: 'To **all**.',
    schema: { type: 'object', properties: { choice: { type: 'string' } } },
    buttons: [
      { id: 'yes', title: 'Yes' },
      { id: 'no', title: 'No' },
    ],
  };
  const waiting: Partial<ChatServer> = {
    start: async function* (): AsyncGenerator<ChatEvent> {
      yield { type: 'run', runId: 'r' };
      yield { type: 'result', run: { runId: 'r', status: 'suspended', outputs: {} } };
    },
    get: async () => ({ runId: 'r', status: 'suspended', outputs: {} }),
  };

  it('asks a user who may answer, once', async () => {
    const answers: unknown[] = [];
    const { server } = serverOf({
      ...waiting,
      questions: async () => (answers.length === 0 ? [question] : []),
      answer: async (...given) => void answers.push(given),
    });
    const chat = chatWith(server);
    await show(chat);
    await ask('Send');
    expect([texts('.question-form > p'), texts('.question-form strong'), all('b')]).toEqual([
      ['<b>Send it?</b>'],
      ['all'],
      [],
    ]);
    await press(buttonNamed('Yes') as HTMLElement);
    expect(answers).toEqual([['r', 'q', { choice: 'yes' }, undefined]]);
    expect(texts('.state')).toEqual(['Waiting for a person. The answer continues automatically after the decision.']);
    await act(async () => chat.begin());
  });

  it('keeps the form when the answer is refused', async () => {
    const { server } = serverOf({
      ...waiting,
      questions: async () => [question],
      answer: async () => Promise.reject(new ChatError('forbidden', 'Only Ada may answer.')),
    });
    const chat = chatWith(server);
    await show(chat);
    await ask('Send');
    await press(buttonNamed('No') as HTMLElement);
    expect([texts('[role=alert]'), all('.question-form')]).toEqual([['Only Ada may answer.'], [expect.anything()]]);
    await act(async () => chat.begin());
  });

  it('only waits when the server has no questions for this user', async () => {
    const chat = chatWith(serverOf(waiting).server);
    await show(chat);
    await ask('Send');
    expect([texts('.state').length, all('.question-form')]).toEqual([1, []]);
    await act(async () => chat.begin());
  });
});

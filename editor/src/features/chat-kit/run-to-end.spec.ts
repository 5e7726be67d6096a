import { describe, expect, it, jest } from '@jest/globals';
import { ChatError } from './chat-error.js';
import { runToEnd } from './run-to-end.js';
import type { ChatEvent, ChatRun, ChatServer } from './types.js';

const done: ChatRun = { runId: 'r', status: 'done', outputs: { answer: 'Hello' } };
const question = { question: { inputs: {}, files: {} }, name: 'n' };

/** A stream that is cut off at an error entry. */
async function* streamOf(...events: readonly (ChatEvent | Error)[]): AsyncGenerator<ChatEvent> {
  for (const event of events) {
    if (event instanceof Error) throw event;
    yield event;
  }
}

function clientOf(streams: readonly (readonly (ChatEvent | Error)[])[], states: readonly ChatRun[] = []) {
  const left = [...streams];
  const following: string[] = [];
  const client: Partial<ChatServer> = {
    start: () => streamOf(...(left.shift() ?? [])),
    follow: (runId) => {
      following.push(runId);
      return streamOf(...(left.shift() ?? []));
    },
    get: (() => {
      const ahead = [...states];
      return () => Promise.resolve(ahead.shift() ?? done);
    })(),
  };
  return { client: client as ChatServer, following }; // the methods that are used to follow a run
}

function listen() {
  const heard: unknown[] = [];
  return {
    heard,
    listener: {
      onRun: (runId: string) => void heard.push(['run', runId]),
      onText: (output: string, text: string) => void heard.push([output, text]),
      onWaiting: (_runId: string, status: string) => void heard.push(['waiting', status]),
    },
  };
}

describe('following the run of a message', () => {
  const { signal } = new AbortController();
  const begun = { type: 'run', runId: 'r' } as const;
  const delta = (offset: number, text: string) => ({ type: 'delta', output: 'answer', offset, text }) as const;
  const result = { type: 'result', run: done } as const;

  it('assembles the text, even when a part is written again', async () => {
    const { client } = clientOf([[begun, delta(0, 'Help'), delta(4, '!'), delta(3, 'lo'), result]]);
    const { heard, listener } = listen();
    expect(await runToEnd(client, question, listener, signal)).toBe(done);
    expect(heard).toEqual([
      ['run', 'r'],
      ['answer', 'Help'],
      ['answer', 'Help!'],
      ['answer', 'Hello'],
    ]);
  });

  it('follows the run again after a lost stream, and sends the question only once', async () => {
    jest.useFakeTimers();
    try {
      const { client, following } = clientOf([
        [begun, delta(0, 'He'), new TypeError('lost')],
        [begun, result],
      ]);
      const { listener } = listen();
      const ended = runToEnd(client, question, listener, signal);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(await ended).toBe(done);
      expect(following).toEqual(['r']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('waits while the run waits for a person', async () => {
    jest.useFakeTimers();
    try {
      const suspended: ChatRun = { runId: 'r', status: 'suspended', outputs: {} };
      const { client } = clientOf(
        [
          [begun, { type: 'result', run: suspended }],
          [begun, result],
        ],
        [suspended, done],
      );
      const { heard, listener } = listen();
      const ended = runToEnd(client, question, listener, signal);
      await jest.advanceTimersByTimeAsync(10_000);
      expect(await ended).toBe(done);
      expect(heard.filter((entry) => Array.isArray(entry) && entry[0] === 'waiting')).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('fails with the refusal of the server, and stops when the signal is aborted', async () => {
    const refused = new ChatError('too_many_requests', 'Wait.');
    await expect(runToEnd(clientOf([[refused]]).client, question, listen().listener, signal)).rejects.toBe(refused);
    const gone = new AbortController();
    const left = runToEnd(clientOf([[begun]]).client, question, listen().listener, gone.signal);
    gone.abort();
    await expect(left).rejects.toThrow('no longer open');
  });
});

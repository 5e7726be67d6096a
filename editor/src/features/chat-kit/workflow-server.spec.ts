import { describe, expect, it } from '@jest/globals';
import { Heddle } from '@heddle/client';
import type { ChatEvent, ChatServer } from './types.js';
import { workflowServer } from './workflow-server.js';

type Reply = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];

/** A server with these replies; `asked` lists the requests. */
function serverOf(...replies: readonly Reply[]): { readonly server: ChatServer; readonly asked: string[] } {
  const left = [...replies];
  const asked: string[] = [];
  const fetch = async (address: string | URL | Request, { method = 'GET', headers, body }: RequestInit = {}) => {
    const thread = new Headers(headers).get('heddle-thread');
    asked.push(
      `${method} ${(address instanceof Request ? address.url : address.toString()).replace('http://h', '')}${thread === null ? '' : ` on ${thread}`} ${typeof body === 'string' ? body : ''}`.trim(),
    );
    const [status, text, own = {}] = left.shift() ?? [503, ''];
    return new Response(text, { status, headers: own });
  };
  return {
    server: workflowServer(new Heddle({ baseUrl: 'http://h', fetch, attempts: 1, reconnectMs: 0 }), 'ask')(),
    asked,
  };
}
const begun = { location: '/v1/runs/r1', 'heddle-thread': 't1', 'content-type': 'text/event-stream' };
const event = (name: string, data: object, id?: number): string =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
const signal = new AbortController().signal;
async function start(server: ChatServer): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = [];
  const question = { inputs: { question: 'Why?' }, files: { papers: [] } };
  for await (const event of server.start(question, 'm1', 'new', signal)) events.push(event);
  return events;
}
const result = { runId: 'r1', status: 'done', outputs: { answer: 'So.' }, usage: {}, workflow: 'ask', version: 1 };

describe('a workflow as the server of a chat', () => {
  it('gives the run with its thread, the text and the result', async () => {
    const events =
      event('node', { seq: 1, node: 'n', status: 'running' }, 1) +
      event('delta', { output: 'answer', offset: 0, text: 'So' }) +
      event('result', result);
    const { server, asked } = serverOf([200, events, begun]);
    expect(await start(server)).toEqual([
      { type: 'run', runId: 'r1', thread: 't1' },
      { type: 'delta', output: 'answer', offset: 0, text: 'So' },
      { type: 'result', run: expect.objectContaining({ runId: 'r1', status: 'done', outputs: { answer: 'So.' } }) },
    ]);
    expect(asked).toEqual(['POST /v1/workflows/ask on new {"question":"Why?"}']);
  });

  it.each([
    ['failed', 'node_failed'],
    ['cancelled', 'run_cancelled'],
  ])('gives a %s run as its result', async (status, code) => {
    const { server } = serverOf([200, event('error', { code, message: 'It broke.' }), begun]);
    expect((await start(server)).at(-1)).toEqual({
      type: 'result',
      run: { runId: 'r1', status, outputs: {}, error: { code, message: 'It broke.' } },
    });
  });

  it('fails with the code and the text of the server', async () => {
    const problem = JSON.stringify({ code: 'thread_not_found', detail: 'There is no such thread.' });
    const { server } = serverOf([404, problem], [404, problem], [404, problem]);
    const refusal = { code: 'thread_not_found', message: 'There is no such thread.' };
    await expect(start(server)).rejects.toMatchObject(refusal);
    await expect(server.messages('t')).rejects.toMatchObject(refusal);
    await expect(server.cancel('r')).rejects.toMatchObject(refusal);
  });

  it('reads threads page by page, rates a run, withdraws the rating, and answers questions', async () => {
    const asks = {
      requests: [{ requestId: 'q', path: 'ask', question: { title: 'May I?', schema: {}, details: { a: 1 } } }],
    };
    const { server, asked } = serverOf(
      [200, '{"messages":[]}'],
      [200, '{}'],
      [200, '{}'],
      [200, JSON.stringify(asks)],
      [200, '{}'],
    );
    expect(await server.messages('t', 7)).toEqual({ messages: [] });
    await server.feedback('r', { thumb: 'up' });
    await server.feedback('r', undefined);
    expect(await server.questions?.('r')).toEqual([{ requestId: 'q', title: 'May I?', schema: {} }]);
    await server.answer?.('r', 'q', { choice: 'approve' }, 'Because.');
    expect(asked).toEqual([
      'GET /v1/threads/t/messages?limit=100&before=7',
      'POST /v1/runs/r/feedback {"thumb":"up"}',
      'DELETE /v1/runs/r/feedback',
      'GET /api/human-inputs?run=r',
      'POST /api/runs/r/human-inputs/q {"value":{"choice":"approve"},"reason":"Because."}',
    ]);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { localPrincipal, type PublishedEvent, type WorkflowDocument } from '@heddle/core';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import OpenAI from 'openai';
import { chatWorkflow, openChannels } from './testing/open-channels.js';
import { openPublished, until } from './testing/open-published.js';

const messages = [{ role: 'user' as const, content: 'Where is the office?' }];

describe('a server that stops in the middle of an answer', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  /** Channels whose model writes one word and then waits. */
  async function open() {
    const channels = await openChannels([{ text: ['In '], hangs: true }], { handbook: chatWorkflow() });
    close = channels.close;
    const client = new OpenAI({ apiKey: 'k', baseURL: `${channels.address}/v1`, maxRetries: 0 });
    const isAsked = () => until(() => channels.model.requests[0]);
    // A run without a living owner counts as queued.
    const status = async () => (await channels.heddle.runs.list({}))[0]?.status;
    return { ...channels, client, isAsked, status };
  }

  it('ends a streamed chat with an error, and does not cancel its run', async () => {
    const { client, heddle, status } = await open();
    const stream = await client.chat.completions.create({ model: 'handbook', messages, stream: true });
    let text = '';
    const read = async (): Promise<void> => {
      for await (const { choices } of stream) {
        text += choices[0]?.delta.content ?? '';
        if (text !== '') void heddle.stop();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'shutting_down' });
    expect([text, await status()]).toEqual(['In', 'queued']);
  });

  it('answers a chat in one piece with 503', async () => {
    const { client, heddle, isAsked, status } = await open();
    const reply = client.chat.completions.create({ model: 'handbook', messages });
    void isAsked().then(() => heddle.stop());
    await expect(reply).rejects.toMatchObject({ status: 503, code: 'shutting_down' });
    expect(await status()).toBe('queued');
  });

  it('answers a tool call, so that its client does not wait', async () => {
    const { address, heddle, isAsked, status } = await open();
    const client = new Client({ name: 'test', version: '1' });
    const requestInit = { headers: { authorization: 'Bearer k' } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${address}/mcp`), { requestInit }));
    const reply = client.callTool({ name: 'handbook', arguments: { messages } });
    void isAsked().then(() => heddle.stop());
    expect(await reply).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('shutting_down') }],
    });
    expect(await status()).toBe('queued');
    await client.close();
  });

  it('tells the client of a published run where the run can be followed later', async () => {
    const server = await openPublished();
    close = () => server.close();
    const { heddle } = server;
    const { id } = await heddle.workflows.create(slow, 'slow');
    await heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
    const asked = { slug: 'slow', inputs: { question: 'hi' }, principal: localPrincipal, channel: 'v1' };
    const { runId } = await heddle.publishing.runs.start(asked);
    const events: PublishedEvent[] = [];
    const read = async (): Promise<void> => {
      for await (const event of await heddle.publishing.runs.stream(runId, localPrincipal)) events.push(event);
    };
    const reading = read();
    const result = heddle.publishing.runs.result(runId, localPrincipal);
    const refused = expect(result).rejects.toMatchObject({ code: 'shutting_down' });
    await until(() => events.find((event) => event.type === 'node' && event.node === 'later'));
    await heddle.stop();
    await Promise.all([reading, refused]);
    const message = expect.stringContaining(`/v1/runs/${runId}`);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'shutting_down', message, runId });
    expect((await heddle.runs.summary(runId)).endedAt).toBeUndefined();
  });
});

describe('a caller who disconnects', () => {
  it('ends the wait without a message about a stop, and leaves the run going', async () => {
    const server = await openPublished();
    try {
      const { heddle } = server;
      const { id } = await heddle.workflows.create(slow, 'slow');
      await heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
      const asked = { slug: 'slow', inputs: { question: 'hi' }, principal: localPrincipal, channel: 'v1' };
      const { runId } = await heddle.publishing.runs.start(asked);
      const gone = new AbortController();
      const results = [
        heddle.publishing.runs.result(runId, localPrincipal, { signal: gone.signal }),
        heddle.publishing.runs.result(runId, localPrincipal, { signal: gone.signal, timeoutMs: 600_000 }),
        heddle.runs.wait(runId, gone.signal),
      ].map((result) => expect(result).rejects.toMatchObject({ code: 'aborted' }));
      gone.abort();
      await Promise.all(results);
      expect((await heddle.runs.summary(runId)).endedAt).toBeUndefined();
    } finally {
      await server.close();
    }
  });
});

const slow: WorkflowDocument = {
  heddle: 2,
  name: 'Slow',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    later: { type: 'wait', version: 1, config: { amount: 1, unit: 'hours' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'asked.question', to: 'later.value' },
    { from: 'later.value', to: 'reply.answer' },
  ],
};

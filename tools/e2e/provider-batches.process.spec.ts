import { startBatchProvider } from '@heddle/adapters/testing';
import type { BatchReply } from '@heddle/core';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { cleanUp, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { done, publish } from './published-documents.js';
import { callJson, post, send } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
const provider = await startBatchProvider();
afterAll(async () => {
  await provider.close();
  await cleanUp();
});

const answering = {
  heddle: 2,
  name: 'Answering',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    answer: { type: 'generate', version: 1, config: { model: 'far/big', maxTokens: 50 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'answer.prompt' },
    { from: 'answer.text', to: 'reply.answer' },
  ],
} as const;
const path = '/api/workflows/answering/batches';
const get = (server: ServerProcess, id: string): Promise<BatchReply> => done<BatchReply>(send(server, `${path}/${id}`));
const made = (): number => provider.requests.filter((request) => request === 'POST /v1/batches').length;

describe('batches of a provider on a server that is killed', () => {
  it('are submitted once, although the server dies before it has the reply and again before the answers come', async () => {
    const data = temporaryFolder();
    const start = () => startServer({ data, environment: { HEDDLE_PROVIDER_BATCH_SECONDS: '1' } });
    let server = await start();
    await done(post(server, '/api/connections', { id: 'far', kind: 'openai', baseUrl: `${provider.address}/v1` }));
    await callJson(server, 'PUT', '/api/connections/far/key', { value: 'a-key' });
    await publish(server, 'answering', answering);
    provider.holdsReplies = true;
    const rows = ['a', 'b', 'c'].map((question) => ({ question }));
    const { id } = await done<BatchReply>(post(server, path, { rows, providerBatch: 'only', concurrency: 3 }));
    await eventually('the batch at the provider', () => (made() === 1 ? true : undefined));
    await server.kill();
    provider.holdsReplies = false;
    server = await start();
    await eventually('the adopted batch', async () =>
      (await get(server, id)).atProvider?.submitted === 3 && (await get(server, id)).atProvider?.since !== undefined
        ? true
        : undefined,
    );
    await server.kill();
    provider.end();
    server = await start();
    const ended = await eventually('the end of the batch', async () => {
      const batch = await get(server, id);
      return batch.status === 'done' ? batch : undefined;
    });
    expect(ended.rows).toMatchObject({ done: 3, failed: 0 });
    expect([made(), provider.batches.length, provider.ordinary.length]).toEqual([1, 1, 0]);
    expect(await server.stop()).toBe(0);
  });
});

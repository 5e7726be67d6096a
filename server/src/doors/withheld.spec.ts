import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createSafeFetch } from '@heddle/adapters/fetch';
import type { ModelHub } from '@heddle/core';
import { createFakeLanguageModel } from '@heddle/core/testing';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { chatWorkflow } from './testing/open-doors.js';
import { until } from './testing/open-published.js';
import { withhold } from './testing/withhold.js';

const said = { text: ['The code is ', 'SEC', 'RET-17', ' and more'] };
const leak = /SECRET|SEC"|RET-17|and more/;
const messages = [{ role: 'user', content: 'Which code?' }];

/** What stands between model and output holds back a word: no door lets it out, in no form (S6). */
describe('a word that is held back', () => {
  let server: TestServer;
  let receiver: Server;
  const received: string[] = [];
  beforeAll(async () => {
    const model = createFakeLanguageModel(Array.from({ length: 12 }, () => said));
    const hub: Partial<ModelHub> = { languageModel: () => Promise.resolve(model), close: () => Promise.resolve() };
    server = await startTestServer({
      withStoredJournal: true,
      nodes: [...standardNodes, withhold],
      engine: { startRun, resumeRun },
      fetch: createSafeFetch({ allowedHosts: ['127.0.0.1'] }),
      models: hub as ModelHub, // what a run uses of it
    });
    await server.heddle.workflows.create(chatWorkflow('SECRET'), 'guarded');
    const { versions } = server.heddle.parts;
    const { document, id } = await server.heddle.workflows.get('guarded');
    const about = {
      author: 'local',
      note: '',
      publishedAt: 0,
      replyCeiling: 'internal',
    } as const;
    await versions.add(
      { ...about, references: [], dataMap: [], workflowId: id, hash: 'sha256:0' },
      { document, workflows: {} },
    );
    await server.heddle.publishing.versions.setLive('guarded', { version: 1 });
    receiver = createServer((request, reply) => {
      request.on('data', (part: Buffer) => received.push(part.toString()));
      request.on('end', () => reply.end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const webhook = { name: 'W', url: `http://127.0.0.1:${port}/` };
    expect((await server.call('POST', '/api/workflows/guarded/webhooks', webhook)).status).toBe(201);
    server.heddle.doors.start();
  });
  afterAll(async () => {
    await server.close();
    receiver.close();
  });

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<string> => {
    const sent = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    };
    return (await fetch(`${server.address}${path}`, sent)).text();
  };
  const get = async (path: string): Promise<string> => (await fetch(`${server.address}${path}`)).text();
  const runOf = (reply: string): string => /"runId":"(\w+)"/.exec(reply)?.[1] ?? '';

  it.each<readonly [string, () => Promise<string>]>([
    ['JSON', () => post('/v1/workflows/guarded', { messages })],
    ['a stream', () => post('/v1/workflows/guarded', { messages }, { accept: 'text/event-stream' })],
    [
      'a run that is followed later',
      async () => {
        const run = runOf(await post('/v1/workflows/guarded', { messages }, { prefer: 'respond-async' }));
        return (await get(`/v1/runs/${run}/events`)) + (await get(`/v1/runs/${run}`));
      },
    ],
    [
      'a batch',
      async () => {
        const batch = JSON.parse(await post('/api/workflows/guarded/batches', { rows: [{ messages }] })) as {
          id: string;
        };
        const path = `/api/workflows/guarded/batches/${batch.id}`;
        await until(async () => ((await get(path)).includes('"status":"done"') ? true : undefined));
        return (await get(`${path}/results`)) + (await get(`${path}/results?format=csv`));
      },
    ],
    ['chat completions', () => post('/v1/chat/completions', { model: 'guarded', messages })],
    ['streamed chat completions', () => post('/v1/chat/completions', { model: 'guarded', messages, stream: true })],
    [
      'MCP, with its progress',
      async () => {
        const client = new Client({ name: 'test', version: '1' });
        await client.connect(new StreamableHTTPClientTransport(new URL(`${server.address}/mcp`)));
        let seen = '';
        const onprogress = (progress: object): void => void (seen += JSON.stringify(progress));
        seen += JSON.stringify(
          await client.callTool({ name: 'guarded', arguments: { messages } }, undefined, { onprogress }),
        );
        await client.close();
        return seen;
      },
    ],
  ])('does not leave by %s', async (_door, ask) => {
    const heard = await ask();
    expect(heard).toContain('The c');
    // Pieces of a stream are read as a caller reads them, too.
    const pieces = [...heard.matchAll(/"(?:content|text|message)":"([^"]*)"/g)].map(([, piece = '']) => piece);
    for (const text of [heard, pieces.join('')]) expect(text).not.toMatch(leak);
  });

  it('nor by a webhook that is told of all of them', async () => {
    await until(() => (received.length >= 7 ? true : undefined));
    expect(received.join('')).toContain('The code is');
    expect(received.join('')).not.toMatch(leak);
  });
});

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createSafeFetch } from '@heddle/adapters/fetch';
import type { ModelHub, WorkflowDocument } from '@heddle/core';
import { createFakeLanguageModel } from '@heddle/core/testing';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { chatWorkflow } from './testing/open-channels.js';
import { until } from './testing/open-published.js';
import { withhold } from './testing/withhold.js';

const said = { text: ['Look here. The code is ', 'SEC', 'RET-17', ' and more'] };
const leak = /SECRET|SEC"|RET-17|and more/;
const messages = [{ role: 'user', content: 'Which code?' }];

/** The same chat with each node that can stand between model and output. */
const chats = (): Readonly<Record<string, WorkflowDocument>> => {
  const withheld = chatWorkflow('SECRET');
  const text = [{ category: 'codes', list: ['SECRET*'], action: 'block' }];
  const guard = { type: 'moderate', version: 1, config: { words: text } };
  return {
    withheld,
    moderated: { ...withheld, nodes: { ...withheld.nodes, guard } },
    unguarded: chatWorkflow(),
  };
};

/** A node between model and output withholds a word: no channel reveals it in any form. */
describe('a word that is withheld', () => {
  let server: TestServer;
  let receiver: Server;
  const received = new Map<string, string[]>();
  beforeAll(async () => {
    const model = createFakeLanguageModel(Array.from({ length: 64 }, () => said));
    const hub: Partial<ModelHub> = { languageModel: () => Promise.resolve(model), close: () => Promise.resolve() };
    server = await startTestServer({
      withStoredJournal: true,
      nodes: [...standardNodes, withhold],
      engine: { startRun, resumeRun },
      fetch: createSafeFetch({ allowedHosts: ['127.0.0.1'] }),
      models: hub as ModelHub, // Only the methods that a run uses.
    });
    receiver = createServer((request, reply) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const slug = String(request.url).slice(1);
        received.set(slug, [...(received.get(slug) ?? []), body]);
        reply.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const [slug, document] of Object.entries(chats())) {
      await publish(slug, document);
      const webhook = { name: 'W', url: `http://127.0.0.1:${port}/${slug}` };
      expect((await server.call('POST', `/api/workflows/${slug}/webhooks`, webhook)).status).toBe(201);
    }
    server.heddle.channels.start();
  });
  afterAll(async () => {
    await server.close();
    receiver.close();
  });

  /** Publishes the document as it is, because publishing could not resolve its model. */
  async function publish(slug: string, given: WorkflowDocument): Promise<void> {
    const { document, id } = await server.heddle.workflows.create(given, slug);
    const about = { author: 'local', note: '', publishedAt: 0, replyClearance: 'internal' } as const;
    await server.heddle.parts.versions.add(
      { ...about, references: [], dataMap: [], workflowId: id, hash: 'sha256:0' },
      { document, workflows: {} },
    );
    await server.heddle.publishing.versions.setLive(slug, { version: 1 }, { who: 'local' });
  }

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

  const channels: readonly (readonly [string, (slug: string) => Promise<string>])[] = [
    ['JSON', (slug) => post(`/v1/workflows/${slug}`, { messages })],
    ['a stream', (slug) => post(`/v1/workflows/${slug}`, { messages }, { accept: 'text/event-stream' })],
    [
      'a run that is followed later',
      async (slug) => {
        const run = runOf(await post(`/v1/workflows/${slug}`, { messages }, { prefer: 'respond-async' }));
        return (await get(`/v1/runs/${run}/events`)) + (await get(`/v1/runs/${run}`));
      },
    ],
    [
      'a batch',
      async (slug) => {
        const batch = JSON.parse(await post(`/api/workflows/${slug}/batches`, { rows: [{ messages }] })) as {
          id: string;
        };
        const path = `/api/workflows/${slug}/batches/${batch.id}`;
        await until(async () => ((await get(path)).includes('"status":"done"') ? true : undefined));
        return (await get(`${path}/results`)) + (await get(`${path}/results?format=csv`));
      },
    ],
    [
      'a share page, with the run that is followed later',
      async (slug) => {
        const share = await post(`/api/workflows/${slug}/shares`, { name: 'Page' });
        const { token } = JSON.parse(share) as { token: string };
        const anonymousUser = { 'heddle-session': 'a-visitor-of-the-page' };
        const streamed = await post(`/v1/share/${token}/runs`, { messages }, anonymousUser);
        const path = `${server.address}/v1/share/${token}/runs/${runOf(streamed)}`;
        const again = await fetch(path, { headers: anonymousUser });
        return `${streamed}${await again.text()}${await (await fetch(`${path}/events`, { headers: anonymousUser })).text()}`;
      },
    ],
    ['chat completions', (slug) => post('/v1/chat/completions', { model: slug, messages })],
    ['streamed chat completions', (slug) => post('/v1/chat/completions', { model: slug, messages, stream: true })],
    [
      'MCP, with its progress',
      async (slug) => {
        const client = new Client({ name: 'test', version: '1' });
        await client.connect(new StreamableHTTPClientTransport(new URL(`${server.address}/mcp`)));
        let seen = '';
        const onprogress = (progress: object): void => void (seen += JSON.stringify(progress));
        seen += JSON.stringify(
          await client.callTool({ name: slug, arguments: { messages } }, undefined, { onprogress }),
        );
        await client.close();
        return seen;
      },
    ],
  ];
  // Joins the pieces of a stream, as a caller does.
  const readAs = (heard: string): string =>
    [heard, [...heard.matchAll(/"(?:content|text|message)":"([^"]*)"/g)].map(([, piece = '']) => piece).join('')].join(
      '\n',
    );

  describe.each([
    ['withheld', false],
    ['moderated', false],
    ['unguarded', true],
  ] as const)('of the chat that is %s', (slug, isHeard) => {
    const says = isHeard ? 'leaves' : 'does not leave';

    it.each(channels)(`${says} by %s`, async (_channel, ask) => {
      const heard = readAs(await ask(slug));
      expect(heard).toContain('Look');
      expect(leak.test(heard)).toBe(isHeard);
    });

    it(`${says} by a webhook for all events`, async () => {
      const reported = await until(() => {
        const bodies = received.get(slug) ?? [];
        return bodies.length >= channels.length ? bodies.join('\n') : undefined;
      });
      expect(reported).toContain('Look here.');
      expect(leak.test(reported)).toBe(isHeard);
    });
  });
});

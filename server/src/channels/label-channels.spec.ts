import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import type { AnyJson } from '../testing/any-json.js';

const canary = 'canary-7731-confidential';
const field = (name: string, label?: string) => ({ name, type: 'text', ...(label === undefined ? {} : { label }) });
/** A step of code answers with something confidential, or fails with it in the message. */
const document = (name: string, code: string) => ({
  heddle: 2,
  name,
  nodes: {
    ask: { type: 'input', version: 1, config: { fields: [field('question', 'confidential')] } },
    step: { type: 'code', version: 1, config: { code, outputs: [{ name: 'said', type: 'Text' }] } },
    reply: { type: 'output', version: 1, config: { fields: [field('answer')] } },
  },
  edges: [
    { from: 'ask.question', to: 'step.value' },
    { from: 'step.said', to: 'reply.answer' },
  ],
});

describe.each([
  ['that answers', 'return { said: input.value };', 'label_refused'],
  ['that fails in its own words', 'throw new Error("I cannot read " + input.value);', 'code_error'],
])('a confidential run %s, and channels with a clearance of internal', (name, code, cause) => {
  let folder: string;
  let server: RunningServer;
  let receiver: Server;
  let host: string;
  const received: string[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-label-channels-'));
    receiver = createServer((request, reply) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        received.push(text);
        reply.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    server = await startServer(
      readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent', HEDDLE_FETCH_ALLOW: host }),
    );
    await send('POST', '/api/workflows', { document: document(name, code), slug: 'told' });
    await send('POST', '/api/workflows/told/webhooks', { name: 'Sales', url: `http://${host}/hook` });
    const published = await send('POST', '/api/workflows/told/publish', { acceptDataMap: true });
    expect(JSON.parse(published)).toMatchObject({ version: 1 });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const send = async (method: string, path: string, body?: unknown, headers: object = {}): Promise<string> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const all = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    return (await fetch(`${server.address}${path}`, { method, headers: all, ...init })).text();
  };
  const inputs = { question: canary };
  const messageOf = (messageId: string) => ({ messageId, role: 'ROLE_USER', parts: [{ data: inputs }] });
  const until = async <T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (;;) {
      const found = await find();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it.each([
    ['a reply', '/v1/workflows/told', {}],
    ['a stream', '/v1/workflows/told', { accept: 'text/event-stream' }],
    ['a chat', '/v1/chat/completions', {}],
    ['a response', '/v1/responses', {}],
    ['a response as a stream', '/v1/responses', {}],
    ['a moderation', '/v1/moderations', {}],
    ['AG-UI', '/v1/workflows/told/ag-ui', {}],
    ['A2A', '/v1/workflows/told/a2a', { 'a2a-version': '1.0' }],
    ['A2A as a stream', '/v1/workflows/told/a2a', { 'a2a-version': '1.0' }],
  ])('%s reveals nothing of it', async (channel, path, headers) => {
    const bodies: Readonly<Record<string, unknown>> = {
      'a chat': { model: 'told', messages: [{ role: 'user', content: canary }] },
      'a response': { model: 'told', input: canary },
      'a response as a stream': { model: 'told', input: canary, stream: true },
      'a moderation': { model: 'told', input: canary },
      A2A: { jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message: messageOf(`${name} 1`) } },
      'A2A as a stream': {
        jsonrpc: '2.0',
        id: 1,
        method: 'SendStreamingMessage',
        params: { message: messageOf(`${name} 2`) },
      },
      'AG-UI': { threadId: 't', runId: name, messages: [{ id: '1', role: 'user', content: 'x' }], state: inputs },
    };
    const text = await send('POST', path, bodies[channel] ?? inputs, headers);
    expect(text).toContain(cause);
    expect(text).not.toContain(canary);
  });

  it('a response that is read again reveals nothing of it', async () => {
    const made: AnyJson = JSON.parse(
      await send('POST', '/v1/responses', { model: 'told', input: canary, background: true }),
    );
    const text = await until(async () => {
      const now = await send('GET', `/v1/responses/${String(made.id)}`);
      return JSON.parse(now).status === 'failed' ? now : undefined;
    });
    expect(text).toContain(cause);
    expect(text).not.toContain(canary);
  });

  it('a webhook reveals nothing of it', async () => {
    const text = await until(() => received[0]);
    expect(text).toContain(cause);
    expect(text).not.toContain(canary);
  });

  it('the results of a batch reveal nothing of it', async () => {
    const batch: AnyJson = JSON.parse(await send('POST', '/api/workflows/told/batches', { rows: [inputs], name: 'x' }));
    const id = batch.id as string;
    await until(async () => {
      const { status } = JSON.parse(await send('GET', `/api/workflows/told/batches/${id}`));
      return status === 'done' ? true : undefined;
    });
    for (const format of ['csv', 'jsonl']) {
      const text = await send('GET', `/api/workflows/told/batches/${id}/results?format=${format}`);
      expect(text).toContain(cause);
      expect(text).not.toContain(canary);
    }
  });

  it('the data map lists webhooks, share pages and downloads with their clearances, and the compiler warns of those below the label', async () => {
    for (const share of [{ name: 'Intranet' }, { name: 'As it was', version: 1 }])
      await send('POST', '/api/workflows/told/shares', share);
    for (const clearance of ['internal', 'confidential', 'internal'])
      await send('POST', '/api/workflows/told/batches', { rows: [inputs], clearance });
    const { dataMap, issues }: AnyJson = JSON.parse(await send('POST', '/api/workflows/told/publish/check', {}));
    const reply = { node: 'reply', isLocal: false, level: 'confidential', marks: [], declassifiedBy: [] };
    const hook = `Sales (${host})`;
    expect(dataMap).toEqual([
      { ...reply, destination: 'reply', kind: 'reply' },
      { ...reply, destination: hook, kind: 'webhook', clearance: 'internal' },
      { ...reply, destination: 'Intranet', kind: 'share', clearance: 'internal' },
      { ...reply, destination: 'batches', kind: 'download', clearance: 'confidential' },
      { ...reply, destination: 'batches', kind: 'download', clearance: 'internal' },
    ]);
    const warning = { code: 'label-exceeds', severity: 'warning', node: 'reply', edge: 'step.said->reply.answer' };
    expect(issues).toMatchObject([
      { ...warning, message: expect.stringContaining(`the clearance of the webhook '${hook}' is internal`) },
      { ...warning, message: expect.stringContaining("the clearance of the share page 'Intranet' is internal") },
      { ...warning, message: expect.stringContaining('the clearance of batch downloads is internal') },
    ]);
    // The map of a draft is the same if the workflow is named, and shorter otherwise.
    const asked: AnyJson = JSON.parse(
      await send('POST', '/api/compile', { document: document(name, code), workflow: 'told' }),
    );
    expect(asked.dataMap).toEqual(dataMap);
    const alone: AnyJson = JSON.parse(await send('POST', '/api/compile', { document: document(name, code) }));
    expect(alone.dataMap).toHaveLength(1);
  });
});

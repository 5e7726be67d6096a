import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localPrincipal, ToolServer } from '@heddle/core';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import { startCollector, type TestCollector } from '../testing/test-collector.js';
import { startModelServer, type TestModelServer } from '../testing/test-model-server.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';
import { createTracePropagation } from './trace-propagation.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';

describe('outgoing calls of a run', () => {
  let folder: string;
  let collector: TestCollector;
  let tools: TestToolServer;
  let model: TestModelServer;
  let web: Server;
  let webUrl = '';
  let server: RunningServer | undefined;
  const seen: IncomingHttpHeaders[] = [];
  beforeEach(async () => {
    seen.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'heddle-trace-'));
    web = createServer((request, response) => {
      seen.push({ ...request.headers, path: request.url });
      response.end('ok');
    });
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const script = [[{ name: 'files__read', args: { path: 'plan.txt' } }], 'Done.'];
    [collector, tools, model] = await Promise.all([startCollector(), startToolServer(), startModelServer(script)]);
  });
  afterEach(async () => {
    await server?.close();
    web.closeAllConnections();
    await Promise.all([collector.close(), tools.close(), model.close(), new Promise((end) => web.close(end))]);
    rmSync(folder, { recursive: true, force: true });
  });
  const document = () => ({
    heddle: 2,
    name: 'Clerk',
    nodes: {
      ask: { type: 'input', version: 1, config: { fields: [{ name: 'task', type: 'text' }] } },
      page: { type: 'http', version: 1, config: { url: `${webUrl}/page` } },
      own: {
        type: 'http',
        version: 1,
        config: { url: `${webUrl}/own`, headers: [{ name: 'TraceParent', value: 'mine' }] },
      },
      clerk: {
        type: 'agent',
        version: 1,
        config: { model: 'scripted/one', maxSteps: 10, tools: [{ use: 'mcp', server: 'files' }] },
      },
      reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'text' }] } },
    },
    edges: [
      { from: 'ask.task', to: 'clerk.prompt' },
      { from: 'clerk.text', to: 'reply.answer' },
    ],
  });
  const open = async (settings: Readonly<Record<string, string>>): Promise<RunningServer> => {
    server = await startServer(
      readSettings({
        HEDDLE_DATA: folder,
        PORT: '0',
        HEDDLE_LOG: 'silent',
        HEDDLE_FETCH_ALLOW: '127.0.0.1',
        ...settings,
      }),
    );
    const { heddle } = server;
    const transport = { kind: 'http', url: tools.url, isInside: true };
    await heddle.tools.create(ToolServer.parse({ id: 'files', transport }), 'ada');
    for (const { name, hash } of await heddle.tools.refresh('files'))
      await heddle.tools.approve('files', name, { hash }, 'ada');
    await call('/api/connections', {
      id: 'scripted',
      kind: 'openai-compatible',
      baseUrl: model.baseUrl,
      clearance: 'restricted',
      isLocal: true,
      models: [{ name: 'one', supports: { tools: true } }],
    });
    await heddle.workflows.create(await heddle.compile.read(document()), 'clerk');
    await heddle.publishing.versions.publish('clerk', { acceptDataMap: true }, localPrincipal);
    await call('/api/workflows/clerk/webhooks', { name: 'CRM', url: `${webUrl}/told` });
    return server;
  };
  const call = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
    const json = { 'content-type': 'application/json', ...headers };
    const reply = await fetch(`${server?.address ?? ''}${path}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(body),
    });
    expect([path, reply.status, reply.ok ? '' : await reply.text()]).toEqual([path, reply.status, '']);
    return reply;
  };
  const received = async (path: string): Promise<IncomingHttpHeaders> => {
    for (;;) {
      const found = seen.find((headers) => headers['path'] === path);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('carry the span of their node when the settings name the address, unless the author set the header', async () => {
    await open({ HEDDLE_OTLP_URL: collector.url, HEDDLE_TRACE_PROPAGATION_TARGETS: 'example.com, 127.0.0.1' });
    await call('/v1/workflows/clerk', { task: 'Do it.' }, { traceparent: `00-${traceId}-${caller}-01` });
    const headerOf = async (name: string) => `00-${traceId}-${(await collector.span(name)).spanId}-01`;
    expect(await collector.span('Clerk')).toMatchObject({ traceId, parentSpanId: caller });
    expect((await received('/page'))['traceparent']).toBe(await headerOf('page'));
    expect((await received('/own'))['traceparent']).toBe('mine');
    expect(model.headers.map(({ traceparent }) => traceparent)).toEqual([
      await headerOf('clerk'),
      await headerOf('clerk'),
    ]);
    expect(tools.metas).toEqual([expect.objectContaining({ traceparent: await headerOf('clerk') })]);
    expect((await received('/told'))['traceparent']).toBe(await headerOf('Clerk'));
  }, 90_000);

  it.each([
    ['no address is named', () => ({ HEDDLE_OTLP_URL: collector.url })],
    [
      'only others are named',
      () => ({ HEDDLE_OTLP_URL: collector.url, HEDDLE_TRACE_PROPAGATION_TARGETS: '*.example.com' }),
    ],
    ['there is no collector', () => ({ HEDDLE_TRACE_PROPAGATION_TARGETS: '*' })],
  ])('carry no span when %s', async (_name, settings) => {
    await open(settings());
    await call('/v1/workflows/clerk', { task: 'Do it.' }, { traceparent: `00-${traceId}-${caller}-01` });
    expect((await received('/page'))['traceparent']).toBeUndefined();
    expect((await received('/told'))['traceparent']).toBeUndefined();
    expect(model.headers.map(({ traceparent }) => traceparent)).toEqual([undefined, undefined]);
    expect(JSON.stringify(tools.metas)).not.toContain('traceparent');
  });
});

describe('the addresses of trace propagation', () => {
  const run = { runId: 'r1', trace: { traceId, spanId: caller } };
  const isSentTo = (targets: readonly string[], address: string): boolean =>
    createTracePropagation({ otlpUrl: 'http://c', traceTargets: targets }).ofRun(run)?.(address) !== undefined;

  it.each([
    ['api.example.com', 'https://api.example.com/v1', true],
    ['API.example.com', 'https://api.example.com/v1', true],
    ['api.example.com:443', 'https://api.example.com/v1', true],
    ['api.example.com:80', 'https://api.example.com/v1', false],
    ['api.example.com:8080', 'http://api.example.com:8080/', true],
    ['example.com', 'https://api.example.com/', false],
    ['*.example.com', 'https://api.example.com/', true],
    ['*.example.com', 'https://badexample.com/', false],
    ['*.example.com', 'https://example.com/', false],
    ['::1', 'http://[::1]:80/', true],
    ['localhost', 'stdio:files', false],
    ['*', 'stdio:files', true],
  ])('%s includes %s: %s', (target, address, expected) => {
    expect(isSentTo([target], address)).toBe(expected);
  });

  it('get the sampled flag, whatever the caller sent, and a separate trace when the caller is unknown', () => {
    const header = createTracePropagation({ otlpUrl: 'http://c', traceTargets: ['*'] }).ofRun(run)?.('http://a');
    expect(header).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    const linked = { ...run, trace: { ...run.trace, isLink: true } };
    const own = createTracePropagation({ otlpUrl: 'http://c', traceTargets: ['*'] }).ofRun(linked)?.('http://a');
    expect(own).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(own).not.toContain(traceId);
  });
});

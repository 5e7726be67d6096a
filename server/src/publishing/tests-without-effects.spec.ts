import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../cli/run-command-line.js';
import { openPublished } from '../channels/testing/open-published.js';
import type { AnyJson } from '../testing/any-json.js';
import { captureOutput } from '../testing/capture-output.js';
import type { TestServer } from '../testing/test-server.js';

const ordering = (url: string): WorkflowDocument => ({
  heddle: 2,
  name: 'Ordering',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    shop: { type: 'http', version: 1, config: { url: `${url}/{{ item }}` } },
    say: { type: 'prompt', version: 1, config: { template: 'Got {{ order }}' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.question', to: 'shop.item' },
    { from: 'shop.body', to: 'say.order' },
    { from: 'say.text', to: 'reply.answer' },
  ],
});
const line = (more: object = {}): string =>
  JSON.stringify({
    name: 'orders',
    inputs: { question: 'tent' },
    expect: { outputs: { answer: { contains: 'Got' } } },
    ...more,
  });

describe('tests of a workflow', () => {
  const seen: string[] = [];
  let shop: Server;
  let url: string;
  let server: TestServer;
  beforeAll(async () => {
    shop = createServer((request, response) => {
      seen.push(String(request.url));
      response.setHeader('content-type', 'text/plain');
      response.end('order 7');
    }).listen(0, '127.0.0.1');
    await once(shop, 'listening');
    url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    server = await openPublished();
    await server.heddle.workflows.create(ordering(url), 'ordering');
  });
  afterAll(async () => {
    await server.close();
    shop.close();
  });

  const run = async (content: string): Promise<AnyJson> => {
    await server.call('PUT', '/api/workflows/ordering/tests', { content });
    return (await server.call('POST', '/api/workflows/ordering/tests/run', {})).body;
  };

  it('have no effects: a test that relied on a live request fails and says what to do', async () => {
    const report = await run(line());
    expect(report).toMatchObject({ passed: 0, failed: 1 });
    expect(JSON.stringify(report)).toContain('has no recorded result here');
    expect(seen).toEqual([]);
    // The failure names the node, so that a person can record its result.
    expect(report['results'][0].failures).toMatchObject([{ assertion: 'status', wouldCall: 'shop' }]);
    const published = await server.call('POST', '/api/workflows/ordering/publish', { acceptDataMap: true });
    expect([published.status, published.body['error'].code]).toEqual([422, 'tests_failed']);
  });

  it('use the results of an earlier run, with their label', async () => {
    await server.heddle.workflows.create(ordering(url), 'recorded');
    const { body } = await server.call('POST', '/api/workflows/recorded/runs?wait=1', { inputs: { question: 'tent' } });
    const { fixtures, label } = (await server.call('GET', `/api/runs/${body['runId']}/fixtures`)).body;
    expect([Object.keys(fixtures), fixtures.shop.body]).toEqual([['shop'], 'order 7']);
    expect(['internal', 'public', 'confidential', 'restricted']).toContain(label);
    const before = seen.length;
    expect(await run(line({ fixtures }))).toMatchObject({ passed: 1, failed: 0 });
    expect(seen).toHaveLength(before);
    seen.length = 0;
    expect((await server.call('GET', '/api/runs/none/fixtures')).status).toBe(404);
  });

  it('pass with the recorded result of a node', async () => {
    const report = await run(line({ fixtures: { shop: { body: 'order 8', status: 200 } } }));
    expect(report).toMatchObject({ passed: 1, failed: 0 });
    expect(seen).toEqual([]);
  });

  it('are recorded by the command, which then runs them without effects', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-record-'));
    const before = process.env['HEDDLE_FETCH_ALLOW'];
    process.env['HEDDLE_FETCH_ALLOW'] = '127.0.0.1';
    try {
      mkdirSync(join(folder, 'shop'));
      writeFileSync(join(folder, 'shop', 'workflow.json'), JSON.stringify(ordering(url)));
      writeFileSync(join(folder, 'shop', 'tests.jsonl'), `${line()}\n`);
      const heddle = (...args: readonly string[]) =>
        captureOutput(() => runCommandLine(['--data', join(folder, 'data'), 'test', join(folder, 'shop'), ...args]));
      expect((await heddle()).stdout).toContain('has no recorded result here');
      expect(seen).toEqual([]);
      const junit = join(folder, 'junit.xml');
      expect((await heddle('--record', '--junit', junit)).stdout).toContain('1 passed, 0 failed');
      expect(seen).toEqual(['/tent']);
      expect(JSON.parse(readFileSync(join(folder, 'shop', 'tests.jsonl'), 'utf8'))).toMatchObject({
        fixtures: { shop: { body: 'order 7', status: 200 } },
      });
      expect(readFileSync(junit, 'utf8')).toContain('failures="0"');
      expect((await heddle()).stdout).toContain('1 passed, 0 failed');
      expect(seen).toEqual(['/tent']);
    } finally {
      if (before === undefined) delete process.env['HEDDLE_FETCH_ALLOW'];
      else process.env['HEDDLE_FETCH_ALLOW'] = before;
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

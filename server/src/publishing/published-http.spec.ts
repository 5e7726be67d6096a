import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AbReport } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createFakeCollections } from '../testing/fake-collections.js';
import { echoDocument } from '../testing/echo-document.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    withStoredJournal: true,
    withStandardNodes: true,
    collections: createFakeCollections(),
    engine: { startRun, resumeRun },
  });
  await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'echo' });
});
afterAll(() => server.close());
const post = (body: unknown, headers = {}) => server.call('POST', '/v1/workflows/echo', body, headers);

describe('publishing over HTTP', () => {
  it('answers with a problem before anything is published', async () => {
    const reply = await post({ question: 'x' });
    expect([reply.status, reply.headers.get('content-type')?.split(';')[0], reply.body.code]).toEqual([
      404,
      'application/problem+json',
      'not_published',
    ]);
  });

  it('refuses to publish a draft that fails its tests, and publishes one that passes', async () => {
    const publish = (body: object) => server.call('POST', '/api/workflows/echo/publish', body);
    const { body: check } = await server.call('POST', '/api/workflows/echo/publish/check', {});
    expect(check).toMatchObject({ isReady: true, isDataMapAccepted: true, isChanged: true });
    // An accepted data map must be that of the version, even if none is required.
    expect((await publish({ acceptDataMap: 'sha256:another' })).body.error.code).toBe('data_map_unaccepted');
    const tests = (contains: string) =>
      server.call('PUT', '/api/workflows/echo/tests', {
        content: JSON.stringify({
          name: 'says it',
          inputs: { question: 'hi' },
          expect: { outputs: { answer: { contains } } },
        }),
      });
    await tests('bye');
    const checked = async (body: object): Promise<Record<string, unknown>> =>
      (await server.call('POST', '/api/workflows/echo/publish/check', body)).body as Record<string, unknown>;
    expect(await checked({})).toMatchObject({ isReady: false, testCount: 1, nextVersion: 1, tests: { failed: 1 } });
    expect((await checked({ tests: false })).tests).toBeUndefined();
    const named = (names: string[]) => server.call('POST', '/api/workflows/echo/tests/run', { names });
    expect([(await named(['says it'])).body.failed, (await named(['other'])).body.results]).toEqual([1, []]);
    expect((await publish({ acceptDataMap: check.dataMapHash })).body.error.code).toBe('tests_failed');
    await tests('hi');
    const { status, body } = await publish({ acceptDataMap: check.dataMapHash, note: 'first' });
    expect([status, body.version, body.note]).toEqual([201, 1, 'first']);
    const types = (body.references as { kind: string; id: string }[]).map(({ kind, id }) => `${kind} ${id}`);
    expect(types).toEqual(['node input', 'node output', 'node prompt']);
  });

  it('changes the slug with the first version, and not afterwards', async () => {
    const { body: made } = await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'untitled' });
    const publish = (slug: string) =>
      server.call('POST', `/api/workflows/${made.id as string}/publish`, { acceptDataMap: true, slug });
    expect((await publish('echo')).body.error.code).toBe('conflict');
    expect((await publish('parrot')).status).toBe(201);
    const called = await server.call('POST', '/v1/workflows/parrot', { question: 'hi' });
    expect([called.status, called.body.workflow]).toEqual([200, 'parrot']);
    expect((await server.call('POST', '/v1/workflows/untitled', { question: 'hi' })).status).toBe(404);
    expect((await publish('magpie')).body.error.code).toBe('conflict');
    expect((await publish('parrot')).status).toBe(201);
    await server.call('DELETE', `/api/workflows/${made.id as string}`, undefined, { 'if-match': '*' });
  });

  it('lists missing resources of the draft among the problems before publishing', async () => {
    const { nodes, edges, ...rest } = echoDocument();
    const search = { type: 'retrieve', version: 1, config: { collection: 'gone' } };
    const document = {
      ...rest,
      nodes: { ...nodes, search },
      edges: [...edges, { from: 'question.question', to: 'search.query' }],
    };
    await server.call('POST', '/api/workflows', { document, slug: 'lost' });
    const { status, body } = await server.call('POST', '/api/workflows/lost/publish/check', { tests: false });
    expect([status, body.isReady, body.references]).toEqual([200, false, []]);
    const named = (body.issues as { readonly code: string }[]).filter(({ code }) => code === 'reference-missing');
    expect(named).toEqual([
      {
        code: 'reference-missing',
        severity: 'error',
        node: 'search',
        field: 'collection',
        message: "The collection 'gone' does not exist.",
        fix: expect.stringContaining('Collections page'),
      },
    ]);
    // A run of the draft is refused with the same message.
    const run = await server.call('POST', '/api/runs', { document, inputs: { question: 'hi' } });
    expect([run.status, run.body.error.code]).toEqual([422, 'workflow_invalid']);
    expect(run.body.error.message).toContain("The collection 'gone' does not exist");
  });

  it('runs the workflow: at once, later, as a stream, and once per idempotency key', async () => {
    const now = await post({ question: 'hi' });
    expect(now.body).toMatchObject({ status: 'done', version: 1, outputs: { answer: 'You asked: hi' } });
    const later = await post({ question: 'hi' }, { prefer: 'respond-async' });
    expect(later.status).toBe(202);
    const events = await server.call('GET', `${later.headers.get('location')}/events`);
    expect(events.body).toMatch(/event: result\ndata: \{"runId"/);
    expect((await server.call('GET', String(later.headers.get('location')))).body.status).toBe('done');
    expect((await post({ question: 'hi' }, { accept: 'text/event-stream' })).body).toContain('event: node');
    const [one, two] = await Promise.all([1, 2].map(() => post({ question: 'n' }, { 'idempotency-key': 'k' })));
    expect(one?.body).toEqual(two?.body);
    const other = await post({ question: 'm' }, { 'idempotency-key': 'k' });
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict']);
  });

  it('accepts only inputs, at any depth', async () => {
    const extras = ['document', 'nodes', 'config', 'model', 'tools', 'only', 'from', 'pins', 'breakpoints', 'version'];
    for (const extra of extras) {
      const reply = await post({ question: 'hi', [extra]: { nodes: {} } });
      expect([extra, reply.status, reply.body.code]).toEqual([extra, 422, 'input_unknown']);
    }
    expect((await post({ question: { text: 'hi', model: 'other' } })).body.code).toBe('input_type');
    expect((await post({ question: 'hi' }, { 'heddle-version': '9' })).body.code).toBe('version_not_found');
    expect((await post({ question: 'hi' }, { 'heddle-version': 'x' })).body.code).toBe('bad_request');
    expect((await post([])).body.code).toBe('bad_request');
  });

  it('accepts multipart', async () => {
    const form = new FormData();
    form.set('question', 'parts');
    const reply = await fetch(`${server.address}/v1/workflows/echo`, { method: 'POST', body: form });
    expect(await reply.json()).toMatchObject({ outputs: { answer: 'You asked: parts' } });
  });

  it('describes the difference of two versions as text, and goes back to one', async () => {
    await server.call('PUT', '/api/workflows/echo', { document: echoDocument('Said: ') }, { 'if-match': '*' });
    expect((await server.call('GET', '/api/workflows/echo/diff?from=1')).body.text).toContain('node say');
    expect((await server.call('POST', '/api/workflows/echo/publish', {})).body.version).toBe(2);
    expect((await post({ question: 'hi' })).body.outputs.answer).toBe('Said: hi');
    await server.call('POST', '/api/workflows/echo/live', { live: { version: 1 } });
    expect((await post({ question: 'hi' })).body.outputs.answer).toBe('You asked: hi');
    expect((await server.call('GET', '/api/workflows/echo/versions')).body).toMatchObject({ live: { version: 1 } });
  });

  it('reports the figures of a canary while there is one', async () => {
    const versions = async (): Promise<Record<string, unknown>> =>
      (await server.call('GET', '/api/workflows/echo/versions')).body as Record<string, unknown>;
    const canaryOf = async () => {
      const { test, arms } = (await versions())['test'] as AbReport;
      const { runs, metrics } = arms[1] ?? { runs: -1, metrics: [] };
      return { kind: test.kind, runs, errors: metrics.find(({ metric }) => metric === 'errors')?.runMean };
    };
    expect((await versions())['test']).toBeUndefined();
    const live = { version: 1, canary: { version: 2, share: 1 } };
    await server.call('POST', '/api/workflows/echo/live', { live });
    expect(await canaryOf()).toEqual({ kind: 'canary', runs: 0, errors: undefined });
    expect((await post({ question: 'hi' })).body.version).toBe(2);
    await server.heddle.publishing.abWorker.catchUp();
    expect(await canaryOf()).toEqual({ kind: 'canary', runs: 1, errors: 0 });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${server.address}/mcp`)));
    expect(await client.callTool({ name: 'echo', arguments: { question: 'hi' } })).toMatchObject({
      content: [{ text: 'Said: hi' }],
    });
    await expect(client.callTool({ name: 'nothing', arguments: {} })).rejects.toMatchObject({ code: -32602 });
    await client.close();
    await server.heddle.publishing.abWorker.catchUp();
    expect(await canaryOf()).toEqual({ kind: 'canary', runs: 2, errors: 0 });
    await server.call('POST', '/api/workflows/echo/live', { live: { version: 1 } });
  });

  it('returns for a repeated request the version that it ran, whichever is live now', async () => {
    const ask = () => post({ question: 'hi' }, { 'idempotency-key': 'across' });
    const about = ({ headers, body }: Awaited<ReturnType<typeof ask>>): readonly unknown[] => [
      headers.get('idempotent-replayed'),
      headers.get('heddle-version'),
      body.version,
    ];
    expect(about(await ask())).toEqual([null, '1', 1]);
    await server.call('POST', '/api/workflows/echo/live', { live: { version: 2 } });
    expect(about(await ask())).toEqual(['true', '1', 1]);
    await server.call('POST', '/api/workflows/echo/live', { live: { version: 1 } });
  });

  it.each(['/v1/workflows/openapi.json', '/v1/workflows/echo/openapi.json'])('is described at %s', async (path) => {
    const { body } = await server.call('GET', path);
    expect(await new Validator().validate(body)).toEqual({ valid: true });
    expect(JSON.stringify(body)).toContain('"required":["question"]');
    const { parameters } = (body as { paths: Record<string, { post: { parameters: { name: string }[] } }> }).paths[
      '/v1/workflows/echo'
    ]?.post ?? { parameters: [] };
    expect(parameters.map(({ name }) => name).sort()).toEqual([
      ...['Heddle-End-User', 'Heddle-Thread', 'Heddle-Timeout', 'Heddle-Version', 'Idempotency-Key', 'Prefer'],
    ]);
  });

  it('describes to a key only the workflows that it may run', async () => {
    await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'other' });
    await server.call('POST', '/api/workflows/other/publish', { acceptDataMap: true });
    const { id } = await server.heddle.workflows.get('echo');
    const keyed = async (scopes: object): Promise<string[]> => {
      const { secret } = (await server.call('POST', '/api/keys', { name: 'k', scopes })).body as { secret: string };
      const { status, body } = await server.call('GET', '/v1/workflows/openapi.json', undefined, {
        authorization: `Bearer ${secret}`,
      });
      expect(status).toBe(200);
      return Object.keys((body as { paths: object }).paths).sort();
    };
    const runs = ['/v1/runs/{runId}', '/v1/runs/{runId}/events'];
    expect(await keyed({})).toEqual([...runs, '/v1/workflows/echo', '/v1/workflows/other']);
    expect(await keyed({ workflows: [id] })).toEqual([...runs, '/v1/workflows/echo']);
    expect(await keyed({ permissions: ['run:read', 'run:feedback'] })).toEqual([]);
    expect(await keyed({ workflows: [id], permissions: ['run:published', 'run:feedback'] })).toEqual([
      ...runs,
      '/v1/runs/{runId}/feedback',
      '/v1/workflows/echo',
    ]);
  });

  it('cancels a run that takes longer than its caller waits, as a stream too', async () => {
    await server.call('POST', '/api/workflows', { document: pausing, slug: 'pausing' });
    await server.call('POST', '/api/workflows/pausing/publish', { acceptDataMap: true });
    const ask = (headers: Record<string, string>) =>
      server.call('POST', '/v1/workflows/pausing', { name: 'x' }, { 'heddle-timeout': '50', ...headers });
    const plain = await ask({});
    expect([plain.status, plain.body.code]).toEqual([504, 'run_timeout']);
    const stream = String((await ask({ accept: 'text/event-stream' })).body);
    const [, runId = ''] = /event: error\ndata: \{"code":"run_timeout".*"runId":"([^"]+)"/.exec(stream) ?? [];
    expect((await server.call('GET', `/v1/runs/${runId}`)).body.status).toBe('cancelled');
  });

  it('caps a wait that is longer than the server allows, and refuses an invalid one', async () => {
    const ask = (timeout: string) =>
      server.call('POST', '/v1/workflows/echo', { question: 'x' }, { 'heddle-timeout': timeout });
    expect((await ask('99999999')).status).toBe(200);
    for (const bad of ['0', '1.5', 'soon'])
      expect((await ask(bad)).body).toMatchObject({
        code: 'bad_request',
        detail: 'The header Heddle-Timeout must be a whole number of milliseconds.',
      });
  });
});

/** Waits longer than any test. */
const pausing = {
  heddle: 2,
  name: 'Pausing',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'name', type: 'Text' }] } },
    pause: { type: 'wait', version: 1, config: { amount: 5, unit: 'minutes' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'pause.value' },
    { from: 'pause.value', to: 'reply.text' },
  ],
};

import { KeyScopes, localPrincipal } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const document = {
  heddle: 2,
  name: 'Back',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'value', type: 'Json' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'value', type: 'Json' }] } },
  },
  edges: [{ from: 'given.value', to: 'reply.value' }],
};
const arrays = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('deeply nested JSON', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    await server.heddle.workflows.create(document, 'back');
    await server.heddle.publishing.versions.publish('back', { acceptDataMap: true }, localPrincipal);
  });
  afterAll(() => server.close());

  it('is accepted up to the limit', async () => {
    for (const value of [arrays(400), objects(400), JSON.stringify('['.repeat(5_000))]) {
      const { status, body } = await server.call('POST', '/v1/workflows/back', `{"value":${value}}`);
      expect([status, JSON.stringify(body.outputs)]).toEqual([200, `{"value":${value}}`]);
    }
  });

  it.each([501, 5_000, 100_000])(
    '%d levels deep is refused at every channel, and the server goes on',
    async (depth) => {
      for (const value of [arrays(depth), objects(depth)])
        for (const [path, body] of [
          ['/v1/workflows/back', `{"value":${value}}`],
          ['/api/runs', `{"document":${value}}`],
          ['/api/workflows', `{"document":${value}}`],
          ['/api/compile', `{"document":${value}}`],
          ['/api/workflows/back/runs?wait=1', `{"inputs":{"value":${value}}}`],
          ['/v1/chat/completions', `{"model":"back","messages":${value}}`],
          ['/mcp', value],
        ] as const) {
          const { status } = await server.call('POST', path, body);
          expect([path, status]).toEqual([path, 400]);
        }
      const form = new FormData();
      form.append('value', arrays(depth));
      const sent = await fetch(`${server.address}/v1/workflows/back`, { method: 'POST', body: form });
      expect([400, 422]).toContain(sent.status);
      expect((await server.call('GET', '/api/health')).status).toBe(200);
      expect(await server.heddle.runs.list({ status: ['failed', 'paused', 'running'] })).toEqual([]);
    },
  );

  it('a key that may start runs gets only its own run', async () => {
    const { keys } = server.heddle.parts.identity;
    const scopes = KeyScopes.parse({ permissions: ['run:published'] });
    const { secret } = await keys.create({ name: 'k', project: 'default', owner: 'local', scopes });
    const headers = { authorization: `Bearer ${secret}` };
    const own = await server.call('POST', '/v1/workflows/back', { value: 7 }, headers);
    expect([own.status, own.body.outputs]).toEqual([200, { value: 7 }]);
    expect((await server.call('GET', `/v1/runs/${own.body.runId}`, undefined, headers)).status).toBe(200);
    expect((await server.call('GET', '/api/runs', undefined, headers)).status).toBe(403);
  });

  it.each(['constructor', 'prototype', '__proto__'])('%s cannot be a slug', async (slug) => {
    expect((await server.call('POST', '/api/workflows', { document, slug })).status).toBe(400);
    const made = await server.call('POST', '/api/workflows', { document: { ...document, name: slug } });
    expect(made.body.slug).not.toBe(slug);
  });
});

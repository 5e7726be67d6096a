import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublished } from '../../channels/testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

const hostile = `"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}`;

/** Every text of the author tries to break out of its element. */
const hostileDocument: WorkflowDocument = {
  heddle: 2,
  name: hostile,
  description: hostile,
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'question', type: 'Text', title: hostile, help: hostile, default: hostile },
          { name: 'tone', type: 'Text', options: [hostile, 'kind'], default: hostile },
          { name: 'letter', type: 'File', required: false },
        ],
      },
    },
    work: { type: 'code', version: 1, config: { code: 'return input.value;' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Json', title: hostile }] } },
  },
  edges: [
    { from: 'asked.question', to: 'work.value' },
    { from: 'work.result', to: 'reply.answer' },
  ],
};

describe('the pages of published workflows', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openPublished();
    await server.heddle.workflows.create(hostileDocument, 'hostile');
    await server.heddle.publishing.versions.publish('hostile', { acceptDataMap: true, note: hostile }, localPrincipal);
  });
  afterAll(() => server.close());

  const read = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await server.call('GET', path, undefined, headers);
    expect(reply.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    return { status: reply.status, text: String(reply.body) };
  };

  it('describe the inputs and outputs of a workflow, how it is called and which errors it returns', async () => {
    const { status, text } = await read('/v1/workflows/echo/docs');
    expect(status).toBe(200);
    for (const word of [
      `POST ${server.address}/v1/workflows/echo`,
      'Idempotency-Key',
      'Prefer: respond-async',
      'Heddle-Version',
      'Heddle-Timeout',
      'Heddle-Thread',
      'Heddle-End-User',
      'event: delta',
      'event: result',
      'idempotency_conflict',
      '10 MiB at most',
      'data-input="question"',
      '$HEDDLE_KEY',
    ])
      expect(text).toContain(word);
    expect(text).not.toContain('code_timeout');
    expect((await read('/v1/workflows/hostile/docs')).text).toContain('code_timeout');
  });

  it('let no text break out of its element, and contain neither scripts nor inline styles', async () => {
    for (const path of ['/v1/docs', '/v1/workflows/hostile/docs', '/v1/workflows/none"><script>/docs']) {
      const { text } = await read(path);
      expect(text).not.toMatch(/<img|<script>|<style|\sstyle=|\son\w+="/);
    }
    const { text } = await read('/v1/workflows/hostile/docs');
    expect(text).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;');
  });

  it('list the workflows that the caller may run', async () => {
    const { text } = await read('/v1/docs');
    expect(text).toContain('href="/v1/workflows/echo/docs"');
    expect(text).toContain('href="/v1/workflows/hostile/docs"');
  });

  it('are for callers with the right: a key sees its own workflows, without notes and without a link to the editor', async () => {
    const { id } = await server.heddle.workflows.get('hostile');
    const keyOf = async (scopes: object): Promise<Record<string, string>> => {
      const { body } = await server.call('POST', '/api/keys', { name: 'k', scopes });
      return { authorization: `Bearer ${(body as { secret: string }).secret}` };
    };
    const caller = await keyOf({ workflows: [id], permissions: ['run:published', 'run:read'] });
    const page = await read('/v1/workflows/hostile/docs', caller);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('What is new');
    expect(page.text).not.toContain('In the editor');
    expect((await read('/v1/workflows/hostile/docs')).text).toContain('What is new');
    const other = await read('/v1/workflows/echo/docs', caller);
    expect([other.status, other.text.includes('Ask')]).toEqual([404, false]);
    expect((await read('/v1/docs', caller)).text).not.toContain('/v1/workflows/echo/docs');
    expect((await read('/v1/workflows/echo/docs', await keyOf({ permissions: ['run:read'] }))).status).toBe(403);
    expect((await read('/v1/workflows/echo/docs', { authorization: 'Bearer hk_no' })).status).toBe(401);
  });

  it('report an unknown workflow as a page', async () => {
    expect((await read('/v1/workflows/none/docs')).status).toBe(404);
    await server.heddle.workflows.create({ ...hostileDocument, name: 'Draft' }, 'draft');
    const draft = await read('/v1/workflows/draft/docs');
    expect([draft.status, draft.text.includes('not_published')]).toEqual([404, true]);
  });

  it('can be linked from any site, and framed by none', async () => {
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const url = '/v1/workflows/echo/docs';
    const ask = (headers: Record<string, string>, path = url) =>
      server.app.inject({ method: 'GET', url: path, headers: { host: 'localhost', ...headers } });
    const linked = await ask(visit);
    expect([linked.statusCode, linked.headers['x-frame-options']]).toEqual([200, 'DENY']);
    expect((await ask({ ...visit, 'sec-fetch-dest': 'iframe' })).statusCode).toBe(403);
    expect((await ask(visit, '/v1/workflows/echo/openapi.json')).statusCode).toBe(403);
  });
});

describe('the pages when sign-in is required', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openPublished({
      settings: { HEDDLE_SIGN_IN: 'required', HEDDLE_PUBLIC_URL: 'https://heddle.example/' },
    });
  });
  afterAll(() => server.close());

  it('show an unknown caller only a link to the sign-in, which leads back', async () => {
    const reply = await server.call('GET', '/v1/workflows/echo/docs');
    expect(reply.status).toBe(401);
    expect(reply.body).toContain('href="/sign-in?next=%2Fv1%2Fworkflows%2Fecho%2Fdocs"');
    expect(reply.body).not.toContain('question');
    expect((await server.call('GET', '/v1/docs')).status).toBe(401);
  });
});

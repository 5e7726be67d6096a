/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { api } from './api.js';
import { runApi } from './run-api.js';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}
const realFetch = globalThis.fetch;
const document = parseDocument({ heddle: 2, name: 'One', nodes: {}, edges: [] });
let sent: Sent[];

beforeEach(() => {
  sent = [];
  globalThis.fetch = (async (path: string, init: { method: string; body?: unknown; headers: Sent['headers'] }) => {
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : init.body;
    sent.push({ method: init.method, path, body, headers: init.headers });
    return { ok: true, status: 200, headers: new Headers(), json: async () => ({}) };
  }) as unknown as typeof fetch;
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** What a call sends. The reply is empty: a call that expects more is refused afterwards, which is not looked at here. */
async function requestOf(call: () => Promise<unknown>): Promise<Sent> {
  await call().catch(() => undefined);
  const [request, ...others] = sent;
  if (request === undefined || others.length > 0) throw new Error(`${sent.length} requests were sent.`);
  return request;
}

describe('the calls about workflows', () => {
  it.each<[string, () => Promise<unknown>, string, string, unknown]>([
    ['reads the node types', () => api.nodes(), 'GET', '/api/nodes', undefined],
    ['lists workflows', () => api.workflows(), 'GET', '/api/workflows', undefined],
    ['reads a workflow', () => api.workflow('orders'), 'GET', '/api/workflows/orders', undefined],
    [
      'reads a workflow whose address holds signs',
      () => api.workflow('a/b?c#d e'),
      'GET',
      '/api/workflows/a%2Fb%3Fc%23d%20e',
      undefined,
    ],
    ['deletes a workflow', () => api.deleteWorkflow('w1'), 'DELETE', '/api/workflows/w1', undefined],
    ['creates a workflow', () => api.createWorkflow(document), 'POST', '/api/workflows', { document }],
    [
      'creates a workflow under an address',
      () => api.createWorkflow(document, 'one'),
      'POST',
      '/api/workflows',
      { document, slug: 'one' },
    ],
    ['compiles a document', () => api.compile(document), 'POST', '/api/compile', { document }],
    [
      'compiles the draft of a workflow',
      () => api.compile(document, undefined, 'w1'),
      'POST',
      '/api/compile',
      { document, workflow: 'w1' },
    ],
    [
      'starts a run from the editor',
      () => api.startRun('w1', { inputs: { text: '' } }),
      'POST',
      '/api/workflows/w1/runs?trigger=editor',
      { inputs: { text: '' } },
    ],
    ['cancels a run', () => api.cancelRun('r1'), 'POST', '/api/runs/r1/cancel', {}],
    ['reads the document of a run', () => api.runDocument('r1'), 'GET', '/api/runs/r1/document', undefined],
    ['lists recent runs', () => api.runs(), 'GET', '/api/runs?limit=50', undefined],
  ])('%s', async (_what, call, method, path, body) => {
    expect(await requestOf(call)).toMatchObject({ method, path });
    expect(sent[0]?.body).toEqual(body);
  });

  it('names the revision that a saved document is based on, so that nobody is overwritten', async () => {
    const { method, path, body, headers } = await requestOf(() => api.saveWorkflow('w1', document, 7));
    expect([method, path, body, headers['if-match']]).toEqual(['PUT', '/api/workflows/w1', { document }, '"7"']);
  });

  it('sends a file under its own name, also a strange one', async () => {
    const file = new File(['x'], 'räksmörgås "1".txt', { type: 'text/plain' });
    const { method, path, body } = await requestOf(() => api.uploadFile(file));
    const given = (body as FormData).get('file') as File;
    expect([method, path, given.name, given.size]).toEqual(['POST', '/api/files', file.name, 1]);
  });
});

describe('the calls about runs', () => {
  it.each<[string, () => Promise<unknown>, string, string, unknown]>([
    ['reads a run', () => runApi.get('r1'), 'GET', '/api/runs/r1', undefined],
    ['reads what was accepted', () => runApi.accepted('r1'), 'GET', '/api/runs/r1/document', undefined],
    [
      'reads a value inside of a loop',
      () => runApi.value('r1', 'each[3]/write', 'text'),
      'GET',
      '/api/runs/r1/values?path=each%5B3%5D%2Fwrite&port=text',
      undefined,
    ],
    [
      'repeats a run with other inputs',
      () => runApi.rerun('r1', { inputs: { a: 0 }, reuse: true }),
      'POST',
      '/api/runs/r1/rerun',
      { inputs: { a: 0 }, reuse: true },
    ],
    ['resumes a run', () => runApi.resume('r1'), 'POST', '/api/runs/r1/resume', {}],
    ['deletes a run', () => runApi.remove('r1'), 'DELETE', '/api/runs/r1', undefined],
    ['cancels a run', () => runApi.cancel('r1'), 'POST', '/api/runs/r1/cancel', {}],
    ['reads the open requests', () => runApi.requests(), 'GET', '/api/human-inputs', undefined],
    [
      'goes on from a breakpoint to the next node',
      () => runApi.goOn('r1', 'q/1', true),
      'POST',
      '/api/runs/r1/human-inputs/q%2F1/continue',
      { step: true },
    ],
    [
      'answers without a reason',
      () => runApi.answer('r1', 'q', { choice: 'yes' }, '   '),
      'POST',
      '/api/runs/r1/human-inputs/q',
      { value: { choice: 'yes' } },
    ],
    [
      'answers with a reason',
      () => runApi.answer('r1', 'q', false, ' Too dear. '),
      'POST',
      '/api/runs/r1/human-inputs/q',
      { value: false, reason: 'Too dear.' },
    ],
  ])('%s', async (_what, call, method, path, body) => {
    expect(await requestOf(call)).toMatchObject({ method, path });
    expect(sent[0]?.body).toEqual(body);
  });

  it.each([
    ['nothing', {}, 'limit=50'],
    ['no state', { status: [] }, 'limit=50'],
    ['two states', { status: ['failed', 'cancelled'] as const }, 'limit=50&status=failed%2Ccancelled'],
    ['a trigger', { trigger: 'api' as const }, 'limit=50&trigger=api'],
    ['an empty workflow and a blank search', { workflow: '', search: '  ' }, 'limit=50'],
    ['a search with signs', { search: ' a&b=c ' }, 'limit=50&search=a%26b%3Dc'],
    ['a page', { before: 'c+/=', limit: 200 }, 'limit=200&before=c%2B%2F%3D'],
  ])('filters the list by %s', async (_what, filter, query) => {
    expect((await requestOf(() => runApi.list(filter))).path).toBe(`/api/runs?${query}`);
  });
});

/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { toApiError } from '../http/http.js';
import { client } from './client.js';

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
    return { ok: true, status: 200, headers: new Headers(), text: async () => '{}' };
  }) as unknown as typeof fetch;
});
afterEach(() => {
  globalThis.fetch = realFetch;
});

/** The one request that a call sends. */
async function requestOf(call: () => Promise<unknown>): Promise<Sent> {
  await call();
  const [request, ...others] = sent;
  if (request === undefined || others.length > 0) throw new Error(`${sent.length} requests were sent.`);
  return request;
}

describe('the calls about workflows', () => {
  it.each<[string, () => Promise<unknown>, string, string, unknown]>([
    ['reads the node types', () => client.GET('/api/nodes'), 'GET', '/api/nodes', undefined],
    ['lists workflows', () => client.GET('/api/workflows'), 'GET', '/api/workflows', undefined],
    [
      'reads a workflow',
      () => client.GET('/api/workflows/{id}', { params: { path: { id: 'orders' } } }),
      'GET',
      '/api/workflows/orders',
      undefined,
    ],
    [
      'reads a workflow whose id has reserved characters',
      () => client.GET('/api/workflows/{id}', { params: { path: { id: 'a/b?c#d e' } } }),
      'GET',
      '/api/workflows/a%2Fb%3Fc%23d%20e',
      undefined,
    ],
    [
      'deletes a workflow',
      () => client.DELETE('/api/workflows/{id}', { params: { path: { id: 'w1' } } }),
      'DELETE',
      '/api/workflows/w1',
      undefined,
    ],
    [
      'creates a workflow',
      () => client.POST('/api/workflows', { body: { document } }),
      'POST',
      '/api/workflows',
      { document },
    ],
    [
      'creates a workflow under an address',
      () => client.POST('/api/workflows', { body: { document, slug: 'one' } }),
      'POST',
      '/api/workflows',
      { document, slug: 'one' },
    ],
    [
      'compiles a document',
      () => client.POST('/api/compile', { body: { document } }),
      'POST',
      '/api/compile',
      { document },
    ],
    [
      'compiles the draft of a workflow',
      () => client.POST('/api/compile', { body: { document, workflow: 'w1' } }),
      'POST',
      '/api/compile',
      { document, workflow: 'w1' },
    ],
    [
      'starts a run from the editor',
      () =>
        client.POST('/api/workflows/{id}/runs', {
          params: { path: { id: 'w1' }, query: { trigger: 'editor' } },
          body: { inputs: { text: '' } },
        }),
      'POST',
      '/api/workflows/w1/runs?trigger=editor',
      { inputs: { text: '' } },
    ],
    [
      'cancels a run',
      () => client.POST('/api/runs/{id}/cancel', { params: { path: { id: 'r1' } }, body: {} }),
      'POST',
      '/api/runs/r1/cancel',
      {},
    ],
    [
      'reads the document of a run',
      () => client.GET('/api/runs/{id}/document', { params: { path: { id: 'r1' } } }),
      'GET',
      '/api/runs/r1/document',
      undefined,
    ],
    [
      'lists recent runs',
      () => client.GET('/api/runs', { params: { query: { limit: 50 } } }),
      'GET',
      '/api/runs?limit=50',
      undefined,
    ],
  ])('%s', async (_what, call, method, path, body) => {
    expect(await requestOf(call)).toMatchObject({ method, path });
    expect(sent[0]?.body).toEqual(body);
  });

  it('names the revision that a saved document is based on, so that no newer one is overwritten', async () => {
    const { method, path, body, headers } = await requestOf(() =>
      client.PUT('/api/workflows/{id}', {
        params: { path: { id: 'w1' } },
        body: { document },
        headers: { 'if-match': '"7"' },
      }),
    );
    expect([method, path, body, headers['if-match']]).toEqual(['PUT', '/api/workflows/w1', { document }, '"7"']);
  });

  it('sends a file under its own name, even with accents and quotes', async () => {
    const file = new File(['x'], 'räksmörgås "1".txt', { type: 'text/plain' });
    const form = new FormData();
    form.append('file', file, file.name);
    const { method, path, body } = await requestOf(() => client.POST('/api/files', { body: form }));
    const given = (body as FormData).get('file') as File;
    expect([method, path, given.name, given.size]).toEqual(['POST', '/api/files', file.name, 1]);
  });
});

describe('the calls about runs', () => {
  it.each<[string, () => Promise<unknown>, string, string, unknown]>([
    [
      'reads a run',
      () => client.GET('/api/runs/{id}', { params: { path: { id: 'r1' } } }),
      'GET',
      '/api/runs/r1',
      undefined,
    ],
    [
      'reads the accepted document of a run',
      () => client.GET('/api/runs/{id}/document', { params: { path: { id: 'r1' } } }),
      'GET',
      '/api/runs/r1/document',
      undefined,
    ],
    [
      'reads a value from inside a loop',
      () =>
        client.GET('/api/runs/{id}/values', {
          params: { path: { id: 'r1' }, query: { path: 'each[3]/write', port: 'text' } },
        }),
      'GET',
      '/api/runs/r1/values?path=each%5B3%5D%2Fwrite&port=text',
      undefined,
    ],
    [
      'repeats a run with other inputs',
      () =>
        client.POST('/api/runs/{id}/rerun', {
          params: { path: { id: 'r1' } },
          body: { inputs: { a: 0 }, reuse: true },
        }),
      'POST',
      '/api/runs/r1/rerun',
      { inputs: { a: 0 }, reuse: true },
    ],
    [
      'resumes a run',
      () => client.POST('/api/runs/{id}/resume', { params: { path: { id: 'r1' } } }),
      'POST',
      '/api/runs/r1/resume',
      undefined,
    ],
    [
      'deletes a run',
      () => client.DELETE('/api/runs/{id}', { params: { path: { id: 'r1' } } }),
      'DELETE',
      '/api/runs/r1',
      undefined,
    ],
    [
      'cancels a run',
      () => client.POST('/api/runs/{id}/cancel', { params: { path: { id: 'r1' } }, body: {} }),
      'POST',
      '/api/runs/r1/cancel',
      {},
    ],
    ['reads the open requests', () => client.GET('/api/human-inputs'), 'GET', '/api/human-inputs', undefined],
    [
      'continues from a breakpoint to the next node',
      () =>
        client.POST('/api/runs/{id}/human-inputs/{requestId}/continue', {
          params: { path: { id: 'r1', requestId: 'q/1' } },
          body: { step: true },
        }),
      'POST',
      '/api/runs/r1/human-inputs/q%2F1/continue',
      { step: true },
    ],
  ])('%s', async (_what, call, method, path, body) => {
    expect(await requestOf(call)).toMatchObject({ method, path });
    expect(sent[0]?.body).toEqual(body);
  });
});

describe('a reply', () => {
  const answerWith = (text: string): void => {
    globalThis.fetch = (async () => ({
      ok: true,
      status: 200,
      headers: new Headers(),
      text: async () => text,
    })) as never;
  };

  it('is the parsed body, with unknown fields', async () => {
    answerWith('{"workflows":[],"later":1}');
    expect(await client.GET('/api/workflows')).toEqual({ workflows: [], later: 1 });
  });

  it('that is not JSON becomes an error that names the address and asks to reload', async () => {
    answerWith('<!doctype html>');
    const error = toApiError(await client.GET('/api/workflows').catch((reason: unknown) => reason));
    expect(error.code).toBe('unexpected');
    expect(error.message).toContain('/api/workflows');
    expect(error.message).toContain('Reload the page');
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  HeddleError,
  labelOf,
  type Collection,
  type DocumentInput,
  type Documents,
  type Files,
  type IngestReport,
  type Reranker,
  type SafeFetch,
  type SafeRequest,
  type SafeResponse,
  type Sandbox,
  type Tokenizer,
} from '@heddle/core';
import { createFakeEmbedder, runNode } from '@heddle/core/testing';
import { code } from './code.node.js';
import { embed } from './embed.node.js';
import { http } from './http.node.js';
import { load } from './load.node.js';
import { rerank } from './rerank.node.js';
import { split } from './split.node.js';
import { store } from './store.node.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const destination = { name: 'web', ceiling: 'internal', isLocal: false } as const;

const documents: Documents = {
  parse: async (content, options) => {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    if (text === 'broken') throw new HeddleError('document_damaged', 'The file is damaged: save it again.');
    return {
      mediaType: 'text/markdown',
      format: 'markdown',
      text,
      title: `T ${options?.name ?? ''}`,
      spans: [{ start: 0, end: text.length, page: 2 }],
    };
  },
  split: ({ text, spans }) =>
    text
      .split('|')
      .map((part, index) => ({
        text: part,
        tokens: 1,
        place: { start: index, ...(spans[0]?.page === undefined ? {} : { page: spans[0].page }) },
      })),
};
const tokenizer: Tokenizer = { id: 't', count: (text) => text.length, offsets: () => [] };
const files: Files = {
  list: async (path) =>
    ['a.md', 'bad.pdf', 'c.txt'].map((name) => ({ path: `${path}/${name}`, size: 1, changedAt: 0 })),
  read: async (path) => bytes(path.endsWith('bad.pdf') ? 'broken' : `text of ${path}`),
};

function web(
  reply: (request: SafeRequest) => Partial<SafeResponse> & { text?: string },
): SafeFetch & { requests: SafeRequest[] } {
  const requests: SafeRequest[] = [];
  return {
    requests,
    destination,
    fetch: async (request) => {
      requests.push(request);
      const { text = '', ...rest } = reply(request);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: bytes(text), url: request.url, ...rest };
    },
  };
}

describe('load', () => {
  it('reads a folder, names the bad document and goes on with the others', async () => {
    const run = await runNode(load, { config: { paths: ['handbook'] }, resources: { files, documents } });
    expect(run.outputs['documents']).toEqual([
      {
        id: 'handbook/a.md',
        text: 'text of handbook/a.md',
        title: 'T a.md',
        source: 'handbook/a.md',
        mediaType: 'text/markdown',
        format: 'markdown',
        spans: [{ start: 0, end: 21, page: 2 }],
      },
      expect.objectContaining({ id: 'handbook/c.txt' }),
    ]);
    expect(run.outputs['text']).toBe('text of handbook/a.md\n\ntext of handbook/c.txt');
    expect(run.outputs['failures']).toEqual([
      { document: 'handbook/bad.pdf', code: 'document_damaged', message: 'The file is damaged: save it again.' },
    ]);
    expect(run.log[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('handbook/bad.pdf') });
  });

  it('stops at a bad document where it is told to, and fails when none can be read', async () => {
    await expect(
      runNode(load, { config: { paths: ['x'], onError: 'stop' }, resources: { files, documents } }),
    ).rejects.toMatchObject({ code: 'document_damaged' });
    const only = { ...files, list: async () => [{ path: 'x/bad.pdf', size: 1, changedAt: 0 }] };
    await expect(
      runNode(load, { config: { paths: ['x'] }, resources: { files: only, documents } }),
    ).rejects.toMatchObject({
      code: 'document_damaged',
      message: expect.stringContaining("'x/bad.pdf' cannot be read"),
    });
  });

  it('reads the folders whose paths arrive, after those of its settings', async () => {
    const one = { ...files, list: async (path: string) => [{ path: `${path}/a.md`, size: 1, changedAt: 0 }] };
    const run = await runNode(load, {
      config: { paths: ['first'] },
      inputs: { paths: [' second ', ''] },
      resources: { files: one, documents },
    });
    expect(run.outputs['text']).toBe('text of first/a.md\n\ntext of second/a.md');
  });

  it('fetches addresses, marks what comes as untrusted, and fails on an error status', async () => {
    const fetch = web(({ url }) => (url.endsWith('gone') ? { status: 404 } : { text: 'page' }));
    const run = await runNode(load, {
      config: { urls: ['https://a.example/x'] },
      inputs: { url: ' https://b.example/ ' },
      resources: { fetch, documents },
    });
    expect(fetch.requests.map(({ url }) => url)).toEqual(['https://a.example/x', 'https://b.example/']);
    expect(run.label.marks).toEqual(['untrusted']);
    await expect(
      runNode(load, { config: { urls: ['https://a.example/gone'] }, resources: { fetch, documents } }),
    ).rejects.toMatchObject({ code: 'fetch_status' });
  });

  it('reads uploads, and refuses too many, too large and none', async () => {
    const file = { id: 'sha256:1', name: 'up.txt', mediaType: 'text/plain', size: 5 };
    const blobs = {
      put: () => Promise.reject(new Error('unused')),
      has: async () => true,
      get: async () => bytes('hello'),
    };
    expect((await runNode(load, { inputs: { files: [file] }, resources: { blobs, documents } })).outputs['text']).toBe(
      'hello',
    );
    await expect(
      runNode(load, {
        config: { maxMegabytes: 0.001 },
        inputs: { files: [{ ...file, size: 2000 }] },
        resources: { blobs, documents },
      }),
    ).rejects.toMatchObject({ code: 'document_too_large' });
    await expect(
      runNode(load, { config: { paths: ['x'], maxDocuments: 2 }, resources: { files, documents } }),
    ).rejects.toMatchObject({ code: 'input_too_large' });
    await expect(runNode(load)).rejects.toMatchObject({ code: 'input_missing' });
  });

  it('does not go on when the run was stopped', async () => {
    const stopped = { ...documents, parse: () => Promise.reject(new HeddleError('aborted', 'stopped')) };
    await expect(
      runNode(load, { config: { paths: ['x'] }, resources: { files, documents: stopped } }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('split', () => {
  const resources = { documents, tokenizer };

  it('cuts documents and texts, keeping document, title, source, metadata and place', async () => {
    const run = await runNode(split, {
      inputs: {
        documents: [
          {
            id: 'a.md',
            text: 'one|two',
            title: 'A',
            source: '/a.md',
            metadata: { year: 2026 },
            spans: [{ start: 0, end: 7, page: 3 }],
          },
        ],
        text: 'three',
      },
      resources,
    });
    expect(run.outputs['passages']).toEqual([
      {
        id: 'a.md#0',
        document: 'a.md',
        text: 'one',
        title: 'A',
        source: '/a.md',
        metadata: { year: 2026 },
        place: { start: 0, page: 3 },
      },
      expect.objectContaining({ id: 'a.md#1', text: 'two' }),
      { id: 'text#0', document: 'text', text: 'three', place: { start: 0 } },
    ]);
    expect(run.outputs['texts']).toEqual(['one', 'two', 'three']);
  });

  it('refuses nothing, what is no document, and an overlap as long as a passage', async () => {
    await expect(runNode(split, { resources })).rejects.toMatchObject({ code: 'input_missing' });
    await expect(runNode(split, { inputs: { documents: [{ text: 'x' }] }, resources })).rejects.toMatchObject({
      code: 'input_type',
      message: expect.stringContaining('0.id'),
    });
    await expect(
      runNode(split, { config: { maxTokens: 20, overlapTokens: 20 }, inputs: { text: 'x' }, resources }),
    ).rejects.toMatchObject({ code: 'workflow_invalid' });
  });
});

describe('embed', () => {
  it('gives a vector for each text and passage, in order, as plain lists', async () => {
    const embedder = createFakeEmbedder({ dimensions: 8 });
    const run = await runNode(embed, {
      inputs: { texts: ['a', 'b'], passages: [{ id: 'p', document: 'd', text: 'a' }] },
      resources: { embedder },
    });
    const vectors = run.outputs['vectors'] as number[][];
    expect(vectors.map((vector) => [Array.isArray(vector), vector.length])).toEqual([
      [true, 8],
      [true, 8],
      [true, 8],
    ]);
    expect(vectors[0]).toEqual(vectors[2]);
    expect(run.outputs['vector']).toEqual(vectors[0]);
    await expect(runNode(embed, { resources: { embedder } })).rejects.toMatchObject({ code: 'input_missing' });
  });
});

describe('store', () => {
  const report: IngestReport = {
    documents: 1,
    done: 1,
    unchanged: 0,
    failed: 0,
    removed: 0,
    passages: 2,
    tokens: 9,
    failures: [],
  };
  function collection(result: IngestReport, taken: DocumentInput[] = []): Collection {
    return {
      name: 'c',
      info: () => Promise.reject(new Error('unused')),
      search: async () => [],
      ingest: async (given, options) => {
        for await (const document of given) taken.push(document);
        options?.onProgress?.({ ...result, current: 'a' });
        return result;
      },
      delete: async () => 0,
      documents: async () => [],
      passages: async () => [],
    };
  }

  it('ingests documents once, with the label they arrived with', async () => {
    const taken: DocumentInput[] = [];
    const steps = new Map<string, unknown>();
    const options = {
      config: { collection: 'c' },
      inputs: { documents: [{ id: 'a', text: 'x', format: 'markdown', metadata: { year: 1 } }] },
      resources: { collection: collection(report, taken) },
      label: labelOf('confidential'),
      steps,
    };
    const run = await runNode(store, options);
    expect(taken).toEqual([
      { id: 'a', content: 'x', mediaType: 'text/markdown', label: labelOf('confidential'), metadata: { year: 1 } },
    ]);
    expect(run.outputs).toEqual({ stored: 1, report });
    await runNode(store, options);
    expect(taken).toHaveLength(1);
  });

  it('names what failed, and fails itself when nothing went in', async () => {
    const failures = [{ document: 'a', code: 'document_empty', message: 'It is empty.' }];
    const failing = { collection: collection({ ...report, failed: 1, failures }) };
    const config = { collection: 'c' };
    const run = await runNode(store, {
      config,
      inputs: {
        documents: [
          { id: 'a', text: '' },
          { id: 'b', text: 'x' },
        ],
      },
      resources: failing,
    });
    expect(run.outputs['stored']).toBe(1);
    expect(run.log[0]).toMatchObject({ level: 'warn', message: expect.stringContaining("'a' was not stored") });
    await expect(runNode(store, { config, inputs: { text: '' }, resources: failing })).rejects.toMatchObject({
      code: 'ingest_failed',
    });
  });

  it('never empties a collection because nothing arrived', async () => {
    await expect(
      runNode(store, {
        config: { collection: 'c', sync: true },
        inputs: { documents: [] },
        resources: { collection: collection(report) },
      }),
    ).rejects.toMatchObject({ code: 'input_missing' });
  });
});

describe('rerank', () => {
  const passages = ['a', 'bbb', 'cc'].map((text) => ({
    id: text,
    document: text,
    text,
    score: 0.5,
    scores: { dense: 0.5 },
  }));
  const reranker: Reranker = {
    id: 'r',
    destination: { name: 'local', ceiling: 'restricted', isLocal: true },
    rerank: async (_query, texts) => texts.map(({ length }) => length),
  };

  it('sorts by the new score and keeps the old ones beside it', async () => {
    const { outputs } = await runNode(rerank, {
      config: { topK: 2, threshold: 2 },
      inputs: { query: 'q', passages },
      resources: { reranker },
    });
    expect(outputs['passages']).toEqual([
      expect.objectContaining({ id: 'bbb', score: 3, scores: { dense: 0.5, rerank: 3 } }),
      expect.objectContaining({ id: 'cc', score: 2 }),
    ]);
  });

  it('asks no model about nothing, and refuses an empty question or a model that miscounts', async () => {
    expect((await runNode(rerank, { inputs: { query: 'q', passages: [] } })).outputs).toEqual({ passages: [] });
    await expect(runNode(rerank, { inputs: { query: ' ', passages }, resources: { reranker } })).rejects.toMatchObject({
      code: 'query_empty',
    });
    await expect(
      runNode(rerank, {
        inputs: { query: 'q', passages },
        resources: { reranker: { ...reranker, rerank: async () => [1] } },
      }),
    ).rejects.toMatchObject({ code: 'node_output_invalid' });
  });
});

describe('http', () => {
  it('fills address, headers and body, encodes what goes into the address, and sends its key once', async () => {
    const fetch = web(() => ({ text: '{"ok":true}', headers: { 'content-type': 'application/json; charset=utf-8' } }));
    const run = await runNode(http, {
      config: {
        method: 'POST',
        url: 'https://a.example/{{ id }}?q={{ q }}',
        headers: [{ name: 'X-Trace', value: 't-{{ id }}' }],
        body: { kind: 'json', json: { n: '{{ n }}' } },
        auth: { kind: 'bearer', secret: 'token' },
      },
      inputs: { id: '../a b', q: 'x&y=1#', n: 3 },
      secrets: { token: 's3cret' },
      resources: { fetch },
    });
    expect(fetch.requests).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: 'https://a.example/..%2Fa%20b?q=x%26y%3D1%23',
        body: '{"n":3}',
        headers: {
          'content-type': 'application/json',
          'x-trace': 't-../a b',
          authorization: 'Bearer s3cret',
          'idempotency-key': 'key-of-request',
        },
      }),
    ]);
    expect(run.outputs).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"ok":true}',
      json: { ok: true },
    });
    expect(run.label.marks).toEqual(['untrusted']);
  });

  it('does not send again what the journal has', async () => {
    const fetch = web(() => ({ text: 'one' }));
    const steps = new Map<string, unknown>();
    for (const _time of [1, 2])
      expect(
        (await runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch }, steps })).outputs['body'],
      ).toBe('one');
    expect(fetch.requests).toHaveLength(1);
  });

  it('takes a whole address from one placeholder, signs in with user and password or a header, and sends forms', async () => {
    const fetch = web(() => ({}));
    await runNode(http, { inputs: { url: 'https://a.example/x?y=1' }, resources: { fetch } });
    await runNode(http, {
      config: {
        method: 'PUT',
        url: 'https://a.example/',
        body: { kind: 'form', json: { a: '{{ a }}', n: 2 } },
        auth: { kind: 'basic', secret: 'p', user: 'ü' },
      },
      inputs: { a: '1&2' },
      secrets: { p: 'w' },
      resources: { fetch },
    });
    await runNode(http, {
      config: { url: 'https://a.example/', auth: { kind: 'header', secret: 'p' } },
      secrets: { p: 'w' },
      resources: { fetch },
    });
    expect(fetch.requests[0]).toMatchObject({ url: 'https://a.example/x?y=1', method: 'GET', headers: {} });
    expect(fetch.requests[1]).toMatchObject({
      body: 'a=1%262&n=2',
      headers: {
        authorization: `Basic ${Buffer.from('ü:w').toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(fetch.requests[2]?.headers).toEqual({ 'x-api-key': 'w' });
  });

  it('fails on an error status, worth a retry or not, or hands it on', async () => {
    for (const [status, retryable] of [
      [404, false],
      [429, true],
      [503, true],
    ] as const) {
      const fetch = web(() => ({ status, text: 'sorry' }));
      const error = runNode(http, { config: { url: 'https://a.example/x?key=secret' }, resources: { fetch } });
      await expect(error).rejects.toMatchObject({
        code: 'fetch_status',
        retryable,
        message: `GET https://a.example/x answered with status ${status}: sorry`,
      });
      expect(
        (await runNode(http, { config: { url: 'https://a.example/', onStatus: 'give' }, resources: { fetch } }))
          .outputs,
      ).toMatchObject({ status, body: 'sorry' });
    }
  });

  it('does not journal a failure that is worth a retry', async () => {
    const steps = new Map<string, unknown>();
    let status = 503;
    const fetch = web(() => ({ status, text: 'x' }));
    await expect(
      runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch }, steps }),
    ).rejects.toMatchObject({ retryable: true });
    status = 200;
    expect(
      (await runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch }, steps })).outputs['status'],
    ).toBe(200);
  });

  it('stores what is no text as a file, reads other charsets, and refuses JSON that is none', async () => {
    const blobs = {
      get: () => Promise.reject(new Error('unused')),
      has: async () => false,
      put: async (content: Uint8Array, { name, mediaType }: { name: string; mediaType: string }) => ({
        id: 'sha256:1',
        name,
        mediaType,
        size: content.length,
      }),
    };
    const image = web(() => ({ headers: { 'content-type': 'image/png' }, body: Uint8Array.of(1, 2) }));
    expect(
      (await runNode(http, { config: { url: 'https://a.example/p%C3%A9.png' }, resources: { fetch: image, blobs } }))
        .outputs['file'],
    ).toEqual({ id: 'sha256:1', name: 'pé.png', mediaType: 'image/png', size: 2 });
    const latin = web(() => ({
      headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
      body: Uint8Array.of(0xe9),
    }));
    expect(
      (await runNode(http, { config: { url: 'https://a.example/' }, resources: { fetch: latin } })).outputs['body'],
    ).toBe('é');
    await expect(
      runNode(http, {
        config: { url: 'https://a.example/', reply: 'json' },
        resources: { fetch: web(() => ({ text: '<html>' })) },
      }),
    ).rejects.toMatchObject({ code: 'json_invalid' });
  });

  it('refuses header injection, headers of the connection, and sign-in without a secret', async () => {
    const run = (config: Record<string, unknown>, inputs: Record<string, unknown> = {}) =>
      runNode(http, {
        config: { url: 'https://a.example/', ...config },
        inputs,
        resources: { fetch: web(() => ({})) },
      });
    await expect(run({ headers: [{ name: 'x-a', value: '{{ v }}' }] }, { v: 'a\r\nx-b: c' })).rejects.toMatchObject({
      code: 'template_invalid',
    });
    for (const config of [
      { headers: [{ name: 'Host', value: 'x' }] },
      { headers: [{ name: 'a b', value: 'x' }] },
      { auth: { kind: 'bearer' } },
      { auth: { kind: 'header', secret: 's', header: 'Host' } },
      { body: { kind: 'text', text: 'x' } },
      { method: 'POST', body: { kind: 'json', json: { a: '{{ }}' } } },
    ]) {
      await expect(run(config)).rejects.toMatchObject({ code: 'workflow_invalid' });
    }
    await expect(run({ auth: { kind: 'bearer', secret: 'gone' } })).rejects.toMatchObject({ code: 'secret_not_found' });
  });
});

describe('code', () => {
  const sandbox = (result: unknown): Sandbox & { calls: unknown[][] } => {
    const calls: unknown[][] = [];
    return { calls, run: async (text, given, options) => (calls.push([text, given, options?.timeoutMs]), result) };
  };

  it('hands its inputs to the sandbox and gives what the code returns', async () => {
    const fake = sandbox([1, 2]);
    const { outputs } = await runNode(code, {
      config: {
        code: 'return input.a',
        inputs: [
          { name: 'a', type: 'json' },
          { name: 'b', required: false },
        ],
        timeoutMs: 50,
      },
      inputs: { a: 1 },
      resources: { sandbox: fake },
    });
    expect(outputs).toEqual({ result: [1, 2] });
    expect(fake.calls).toEqual([['return input.a', { a: 1 }, 50]]);
  });

  it('spreads an object over its outputs, and leaves out the keys that are missing', async () => {
    const config = {
      outputs: [{ name: 'total', type: 'Number' }, { name: 'note', type: 'Text' }, { name: 'toString' }],
    };
    expect(
      (await runNode(code, { config, inputs: { value: 1 }, resources: { sandbox: sandbox({ total: '3', other: 1 }) } }))
        .outputs,
    ).toEqual({ total: 3 });
    await expect(
      runNode(code, { config, inputs: { value: 1 }, resources: { sandbox: sandbox(3) } }),
    ).rejects.toMatchObject({ code: 'code_error' });
    await expect(
      runNode(code, { config, inputs: { value: 1 }, resources: { sandbox: sandbox({ total: 'x' }) } }),
    ).rejects.toMatchObject({ code: 'schema_mismatch' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { pathCorpus } from './testing/corpus.js';
import { rawRequest, statusOf } from './testing/raw-request.js';

const canary = 'canary-of-a-file-outside-6f1c';

describe('paths', () => {
  let server: TestServer;
  let outside: string;
  let editor: string;
  const names: string[] = [];
  beforeAll(async () => {
    outside = mkdtempSync(join(tmpdir(), 'heddle-paths-'));
    editor = mkdtempSync(join(tmpdir(), 'heddle-editor-'));
    writeFileSync(join(outside, 'canary.txt'), canary);
    writeFileSync(join(editor, 'index.html'), '<!doctype html><title>Heddle</title>');
    server = await startTestServer({ editor, collections: createFakeCollections() });
    await server.call('POST', '/api/collections', { name: 'books', embedding: 'e' });
    names.push(...pathCorpus.map((name) => name.replaceAll('CANARY', join(outside, 'canary.txt'))));
  });
  afterAll(async () => {
    await server.close();
    for (const folder of [outside, editor]) rmSync(folder, { recursive: true });
  });

  /** Whether an answer contains a part of a file that it must not show. */
  const leaks = (text: string): boolean => /canary-of-a-file|root:x?:|heddle-key-1|SQLite format|\[fonts\]/.test(text);

  it('in addresses lead to pages and routes only, plain and encoded', async () => {
    const hits: string[] = [];
    for (const name of names)
      for (const path of [
        `/${name}`,
        `/assets/${name}`,
        ...[
          'files',
          'templates',
          'workflows',
          'collections',
          'models',
          'runs',
          'jobs',
          'policies',
          'budgets',
          'secrets',
          'kill-switches',
        ].flatMap((kind) => [`/api/${kind}/${name}`, `/api/${kind}/${encodeURIComponent(name)}`]),
        `/v1/workflows/${encodeURIComponent(name)}/openapi.json`,
      ]) {
        const line = `GET ${path.replaceAll(' ', '%20')} HTTP/1.1`;
        const answer = await rawRequest(server.address, [
          line,
          'host: localhost',
          'accept: text/html',
          'connection: close',
        ]);
        const isPage = statusOf(answer) === 200 && answer.includes('<title>Heddle</title>');
        const isList = /^GET \/api\/\w+\/(?:\.|%2e)*\/? HTTP/i.test(line);
        if (leaks(answer) || (statusOf(answer) === 200 && !isPage && !isList))
          hits.push(`${path}: ${answer.slice(0, 100)}`);
      }
    expect(hits).toEqual([]);
  }, 60_000);

  it('in uploads, documents and new resources are only names, and nothing is written outside', async () => {
    const before = [readdirSync(outside), readdirSync(tmpdir()).filter((name) => name.startsWith('heddle-paths-'))];
    for (const name of names) {
      const form = new FormData();
      form.append('file', new Blob(['text']), name);
      const uploaded = await fetch(`${server.address}/api/files`, { method: 'POST', body: form });
      const { id } = (await uploaded.json()) as { id?: string };
      // An upload is stored under its hash, whatever its name.
      if (id !== undefined) expect(id).toMatch(/^[a-f0-9]{64}$|^sha256[:-]/);
      const more = new FormData();
      more.append('about', JSON.stringify({ id: name, source: name }));
      more.append('file', new Blob(['text']), name);
      await fetch(`${server.address}/api/collections/books/documents`, { method: 'POST', body: more });
      for (const [path, body] of [
        ['/api/collections', { name, embedding: 'e' }],
        ['/api/collections/books/documents', { documents: [{ id: name, text: 'x' }] }],
        [`/api/templates/${encodeURIComponent(name)}`, undefined],
        ['/api/connections', { id: name, kind: 'openai' }],
        ['/api/workflows', { document: { heddle: 2, name, nodes: {}, edges: [] }, slug: name }],
      ] as const)
        expect(leaks(JSON.stringify((await server.call('POST', path, body)).body))).toBe(false);
    }
    for (const name of names) {
      const shown = await server.call('GET', `/api/collections/books/documents/${encodeURIComponent(name)}`);
      expect(leaks(JSON.stringify(shown.body))).toBe(false);
    }
    expect([readdirSync(outside), readdirSync(tmpdir()).filter((name) => name.startsWith('heddle-paths-'))]).toEqual(
      before,
    );
    // Originals of documents are stored under names that Heddle chooses.
    const folder = server.heddle.settings.dataFolder;
    const all = readdirSync(folder, { recursive: true }).map(String);
    expect(all.filter((name) => /passwd|canary|win\.ini|id_rsa|environ/.test(name))).toEqual([]);
  }, 60_000);

  it('in downloads come as attachments that no browser opens', async () => {
    for (const [name, type, text] of [
      ['a.html', 'text/html', '<script>hit()</script>'],
      ['a.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"/>'],
      ['a.pdf', 'application/pdf', '%PDF-1.4 hit'],
      ['a.js', 'text/javascript', 'hit()'],
      ['a.html\r\ncontent-type: text/html', 'text/html', '<b>hit</b>'],
    ] as const) {
      const form = new FormData();
      form.append('file', new Blob([text], { type }), name);
      const { id } = (await (await fetch(`${server.address}/api/files`, { method: 'POST', body: form })).json()) as {
        id: string;
      };
      const { headers } = await fetch(`${server.address}/api/files/${id}`);
      expect([
        headers.get('content-type'),
        headers.get('content-disposition'),
        headers.get('x-content-type-options'),
        headers.get('content-security-policy')?.includes("script-src 'self'"),
      ]).toEqual(['application/octet-stream', 'attachment', 'nosniff', true]);
    }
  });
});

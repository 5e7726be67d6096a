import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DocumentInput } from '@heddle/core';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createCaller } from '../cli/client/http-call.js';
import { ingestDocuments } from '../cli/client/jobs.js';
import { createFakeCollections } from '../testing/fake-collections.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

describe('/api/collections', () => {
  let server: TestServer;
  let collections: ReturnType<typeof createFakeCollections>;
  beforeEach(async () => {
    collections = createFakeCollections();
    server = await startTestServer({ collections, settings: { HEDDLE_UPLOAD_LIMIT: '1kb' } });
    await server.call('POST', '/api/collections', { name: 'faq', embedding: 'mini', label: 'confidential' });
  });
  afterEach(() => server.close());

  const jobEnd = async (jobId: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const { body } = await server.call('GET', `/api/jobs/${jobId}`);
      const job: Record<string, unknown> = body;
      if (job['status'] !== 'queued' && job['status'] !== 'running') return job;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const upload = async (form: FormData) => {
    const response = await fetch(`${server.address}/api/collections/faq/documents`, { method: 'POST', body: form });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const uploads = () =>
    existsSync(server.heddle.parts.temporaryFolder) ? readdirSync(server.heddle.parts.temporaryFolder) : [];

  it('are created, listed, read and deleted', async () => {
    expect((await server.call('GET', '/api/collections')).body.collections).toMatchObject([
      { name: 'faq', label: { level: 'confidential' } },
    ]);
    const twice = await server.call('POST', '/api/collections', { name: 'faq', embedding: 'mini' });
    expect([twice.status, twice.body.error.code]).toEqual([409, 'collection_exists']);
    expect((await server.call('DELETE', '/api/collections/faq')).status).toBe(204);
    expect((await server.call('GET', '/api/collections/faq')).body.error.code).toBe('collection_not_found');
  });

  it('have a title for people, which can change, while the name stays', async () => {
    const title = 'My Orbit docs';
    const made = await server.call('POST', '/api/collections', { name: 'orbit', title, embedding: 'mini' });
    expect(made).toMatchObject({ status: 201, body: { name: 'orbit', title } });
    const titles = async () =>
      Object.fromEntries(
        (await server.call('GET', '/api/collections')).body.collections.map(
          (info: { readonly name: string; readonly title: string }) => [info.name, info.title],
        ),
      );
    expect(await titles()).toEqual({ faq: 'faq', orbit: title });
    expect(await server.call('PATCH', '/api/collections/orbit', { title: ' מסמכים ' })).toMatchObject({
      status: 200,
      body: { name: 'orbit', title: 'מסמכים' },
    });
    expect((await server.call('GET', '/api/collections/orbit')).body.title).toBe('מסמכים');
    expect((await server.call('PATCH', '/api/collections/none', { title })).status).toBe(404);
    const { audit } = server.heddle.parts;
    expect((await audit.list({ subject: 'collection:orbit' })).map(({ details }) => details)).toMatchObject([
      { step: 'title changed', title: 'מסמכים' },
      { step: 'made', title },
    ]);
    // A new collection of the same name does not inherit the title.
    await server.call('DELETE', '/api/collections/orbit');
    await server.call('POST', '/api/collections', { name: 'orbit', embedding: 'mini' });
    expect((await titles())['orbit']).toBe('orbit');
  });

  it.each([['x'.repeat(10_000)], ['a\u0000b'], ['two\nlines'], ['a\u202egnp.exe'], ['  '], [7]])(
    'refuse the title %.20p',
    async (title) => {
      const body = { name: 'odd', title, embedding: 'mini' };
      expect((await server.call('POST', '/api/collections', body)).status).toBe(400);
      expect((await server.call('PATCH', '/api/collections/faq', { title })).status).toBe(400);
      expect((await server.call('GET', '/api/collections/faq')).body.title).toBe('faq');
    },
  );

  it('accept documents as JSON text in a job, and find them', async () => {
    const accepted = await server.call('POST', '/api/collections/faq/documents', {
      documents: [{ id: 'a/leave.md', text: 'Thirty days of leave.' }],
    });
    expect(accepted.status).toBe(202);
    expect(await jobEnd(accepted.body.jobId)).toMatchObject({
      kind: 'ingest',
      subject: 'faq',
      status: 'done',
      result: { done: 1, failures: [] },
    });
    const found = await server.call('POST', '/api/collections/faq/search', { query: 'leave' });
    expect(found.body.results).toMatchObject([{ document: 'a/leave.md', text: 'Thirty days of leave.' }]);
    expect(
      (await server.call('GET', '/api/collections/faq/passages?document=a%2Fleave.md')).body.passages,
    ).toHaveLength(1);
    expect((await server.call('DELETE', '/api/collections/faq/documents?document=a%2Fleave.md')).status).toBe(204);
    const gone = await server.call('DELETE', '/api/collections/faq/documents?document=a%2Fleave.md');
    expect([gone.status, gone.body.error.code]).toEqual([404, 'document_not_found']);
  });

  it('report the total number of documents from the first one on', async () => {
    const documents = ['a', 'halt', 'c'].map((text) => ({ id: text, text }));
    const { body } = await server.call('POST', '/api/collections/faq/documents', { documents });
    expect(await jobEnd(body.jobId)).toMatchObject({ status: 'failed', progress: { documents: 3, done: 1 } });
  });

  it('report the fault of the disk when files cannot be received', async () => {
    const { temporaryFolder } = server.heddle.parts;
    rmSync(temporaryFolder, { recursive: true, force: true });
    writeFileSync(temporaryFolder, 'a file where the folder should be');
    const form = new FormData();
    form.set('file', new Blob(['text']), 'a.txt');
    expect(await upload(form)).toMatchObject({ status: 503, body: { error: { code: 'storage_read_only' } } });
    rmSync(temporaryFolder);
    expect((await upload(form)).status).toBe(202);
  });

  it('accept files as multipart, name the bad one, and leave no temporary file behind', async () => {
    const form = new FormData();
    form.append('file', new Blob(['good text']), 'good.txt');
    form.append('about', JSON.stringify({ id: 'folder/ü.txt', title: 'Umlaut' }));
    form.append('file', new Blob(['more text']), 'x');
    form.append('file', new Blob(['bad']), 'damaged.pdf');
    const { status, body } = await upload(form);
    expect(status).toBe(202);
    expect((await jobEnd(body.jobId))['result']).toMatchObject({
      failed: 1,
      failures: [{ document: 'damaged.pdf', code: 'document_damaged' }],
    });
    expect([...(collections.stored.get('faq') ?? [])]).toEqual([
      ['good.txt', 'good text'],
      ['folder/ü.txt', 'more text'],
    ]);
    expect(uploads()).toEqual([]);
  });

  it('accept the good files of an upload, and name the one that is too large', async () => {
    const form = new FormData();
    form.append('file', new Blob(['x'.repeat(2000)]), 'large.txt');
    form.append('file', new Blob(['good text']), 'good.txt');
    const { body } = await upload(form);
    expect((await jobEnd(body.jobId))['result']).toMatchObject({
      failures: [{ document: 'large.txt', code: 'document_too_large' }],
    });
    expect([...(collections.stored.get('faq')?.keys() ?? [])]).toEqual(['good.txt']);
    expect(uploads()).toEqual([]);
  });

  it('refuse unknown fields and empty uploads, and leave no temporary file behind', async () => {
    const odd = new FormData();
    odd.append('graph', '{}');
    expect(await upload(odd)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
    const about = new FormData();
    about.append('about', 'no json');
    expect(await upload(about)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
    expect(await upload(new FormData())).toMatchObject({ status: 400 });
    expect((await server.call('POST', '/api/collections/faq/documents', { documents: [] })).body.error.code).toBe(
      'bad_request',
    );
    const missing = await server.call('POST', '/api/collections/none/documents', {
      documents: [{ id: 'a', text: 'b' }],
    });
    expect([missing.status, missing.body.error.code]).toEqual([404, 'collection_not_found']);
    expect(uploads()).toEqual([]);
  });

  it('refuse an empty query, and invalid filters', async () => {
    expect((await server.call('POST', '/api/collections/faq/search', { query: '  ' })).body.error.code).toBe(
      'query_empty',
    );
    expect(
      (await server.call('POST', '/api/collections/faq/search', { query: 'a', filter: { op: 'like', field: 'x' } }))
        .body.error.code,
    ).toBe('bad_request');
    expect((await server.call('POST', '/api/collections/faq/search', { query: 'a', k: 0 })).body.error.code).toBe(
      'bad_request',
    );
  });

  it('are filled by the CLI through the server, file by file, with --sync removing the rest', async () => {
    const caller = createCaller(server.address);
    async function* documents(...given: readonly DocumentInput[]): AsyncGenerator<DocumentInput> {
      for (const document of given) yield await Promise.resolve(document);
    }
    const binary = new Uint8Array([0, 13, 10, 45, 45, 255]);
    await ingestDocuments(caller, 'faq', documents({ id: 'old.txt', content: 'old' }), { sync: false });
    const unreadable = {
      id: 'locked.txt',
      content: '',
      error: { code: 'file_unreadable', message: 'No right to read it.', retryable: false },
    };
    const report = await ingestDocuments(
      caller,
      'faq',
      documents({ id: 'weird "name"\r\n.txt', content: binary }, unreadable, {
        id: 'new.txt',
        title: 'New',
        content: 'new',
      }),
      { sync: true },
    );
    expect(report).toMatchObject({ removed: 1, failures: [{ document: 'locked.txt', code: 'file_unreadable' }] });
    expect([...(collections.stored.get('faq')?.keys() ?? [])]).toEqual(['weird "name"\r\n.txt', 'new.txt']);
    expect(collections.stored.get('faq')?.get('weird "name"\r\n.txt')).toBe(new TextDecoder().decode(binary));
  });

  it('keep files of one name apart, and refuse two documents with one id', async () => {
    const form = new FormData();
    for (const content of ['first', 'second', 'third']) form.append('file', new Blob([content]), 'guide.md');
    expect((await jobEnd((await upload(form)).body.jobId))['result']).toMatchObject({ failures: [] });
    expect([...(collections.stored.get('faq') ?? [])]).toEqual([
      ['guide.md', 'first'],
      ['guide~2.md', 'second'],
      ['guide~3.md', 'third'],
    ]);
    const twice = new FormData();
    for (const content of ['first', 'second']) {
      twice.append('about', JSON.stringify({ id: 'a' }));
      twice.append('file', new Blob([content]), `${content}.md`);
    }
    const documents = ['first', 'second'].map((text) => ({ id: 'a', text }));
    for (const reply of [
      await upload(twice),
      await server.call('POST', '/api/collections/faq/documents', { documents }),
    ]) {
      expect(reply).toMatchObject({
        status: 400,
        body: { error: { code: 'bad_request', details: { document: 'a' } } },
      });
    }
  });

  it('return the text of a document with the positions of its passages', async () => {
    const { body } = await server.call('POST', '/api/collections/faq/documents', {
      documents: [{ id: 'a/leave.md', text: 'Thirty days of leave.' }],
    });
    await jobEnd(body.jobId);
    const text = await server.call('GET', '/api/collections/faq/documents/a%2Fleave.md');
    expect(text.body).toMatchObject({
      document: 'a/leave.md',
      text: 'Thirty days of leave.',
      passages: [{ id: 'a/leave.md#0', start: 0, end: 21 }],
    });
    const unknown = await server.call('GET', '/api/collections/faq/documents/b.md');
    expect([unknown.status, unknown.body.error.code]).toEqual([404, 'document_not_found']);
  });

  it('re-index documents from their originals, and name those without one', async () => {
    const form = new FormData();
    form.append('file', new Blob(['first words']), 'kept.txt');
    await jobEnd((await upload(form)).body.jobId);
    await (
      await collections.open('faq')
    ).ingest([
      { id: 'kept.txt', content: 'spoilt' },
      { id: 'stray.txt', content: 'x' },
    ]);
    const again = await server.call('POST', '/api/collections/faq/reingest');
    expect(again.status).toBe(202);
    expect((await jobEnd(again.body.jobId))['result']).toMatchObject({
      failures: [{ document: 'stray.txt', code: 'document_not_found' }],
    });
    expect(collections.stored.get('faq')?.get('kept.txt')).toBe('first words');
    expect(collections.forced.at(-1)).toBe(true);
    await server.call('DELETE', '/api/collections/faq/documents?document=kept.txt');
    const gone = await server.call('POST', '/api/collections/faq/reingest', { documents: ['kept.txt'] });
    expect((await jobEnd(gone.body.jobId))['result']).toMatchObject({ failed: 1 });
  });
});

describe('/api/files', () => {
  let server: TestServer;
  beforeEach(async () => (server = await startTestServer({ settings: { HEDDLE_UPLOAD_LIMIT: '1kb' } })));
  afterEach(() => server.close());

  it('stores a file by its content and returns it as an attachment without a type', async () => {
    const form = new FormData();
    form.append('file', new Blob(['<script>alert(1)</script>'], { type: 'text/html' }), 'page.html');
    const uploaded = await fetch(`${server.address}/api/files`, { method: 'POST', body: form });
    expect(uploaded.status).toBe(201);
    const file = JSON.parse(await uploaded.text());
    expect(file).toMatchObject({ name: 'page.html', mediaType: 'text/html', size: 25 });
    const given = await fetch(`${server.address}/api/files/${file.id}`);
    expect([given.headers.get('content-type'), given.headers.get('content-disposition')]).toEqual([
      'application/octet-stream',
      'attachment',
    ]);
    expect(await given.text()).toBe('<script>alert(1)</script>');
  });

  it('detects the type from the content, never from the sender', async () => {
    const form = new FormData();
    form.append('file', new Blob(['<!doctype html><script>alert(1)</script>'], { type: 'image/png' }), 'cat.png');
    const uploaded = await fetch(`${server.address}/api/files`, { method: 'POST', body: form });
    expect(await uploaded.json()).toMatchObject({ name: 'cat.png', mediaType: 'text/html' });
  });

  it('refuses a file that is too large, a body that is not multipart, and an unknown id', async () => {
    const form = new FormData();
    form.append('file', new Blob(['x'.repeat(2000)]), 'large.txt');
    const large = await fetch(`${server.address}/api/files`, { method: 'POST', body: form });
    expect([large.status, JSON.parse(await large.text()).error.code]).toEqual([413, 'payload_too_large']);
    expect((await server.call('POST', '/api/files', { file: 'x' })).body.error.code).toBe('unsupported_media_type');
    const missing = await server.call('GET', `/api/files/sha256:${'0'.repeat(64)}`);
    expect([missing.status, missing.body.error.code]).toEqual([404, 'blob_not_found']);
    expect((await server.call('GET', '/api/files/..%2f..%2fheddle.db')).body.error.code).toBe('blob_not_found');
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HeddleError } from '@heddle/core';
import { writePdf } from '../../testing/files/write-pdf.js';
import { createDocuments } from '../create-documents.js';
import { defaultLimits } from '../limits.js';
import { askService } from './ask-service.js';
import type { DocumentService } from './document-service.js';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const pdf = writePdf([[{ text: 'What the page itself says.', y: 700 }]]);
/** A file that Heddle refuses: a Windows program. */
const program = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200, 0)]);
const tikaReply = JSON.stringify([{ 'Content-Type': 'application/x', 'X-TIKA:content': '<p>What Tika says.</p>' }]);

describe('documents that a service reads', () => {
  let server: Server;
  let asked: Asked[];
  let answer: (response: ServerResponse, asked: Asked) => void;
  let service: DocumentService;
  const opened: { close(): Promise<void> }[] = [];

  beforeEach(async () => {
    asked = [];
    answer = (response) => response.end(tikaReply);
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { method, url, headers } = request;
        const one = { method, url, headers, body: Buffer.concat(pieces) };
        asked.push(one);
        answer(response, one);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    service = { name: 'tika', url: `http://127.0.0.1:${port}/`, formats: ['other'] };
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((documents) => documents.close()));
    server.closeAllConnections();
    server.close();
  });

  const open = (...services: readonly DocumentService[]) => {
    const documents = createDocuments({ services });
    opened.push(documents);
    return documents;
  };
  const ask = (more: Partial<DocumentService> = {}, limits = defaultLimits, signal?: AbortSignal) =>
    askService({ ...service, ...more }, { content: program, name: 'a.exe' }, limits, signal);
  const refused = async (work: Promise<unknown>): Promise<HeddleError> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error as HeddleError;
  };

  it('are those that Heddle cannot read; all others are not sent', async () => {
    const documents = open(service);

    expect((await documents.parse(pdf, { name: 'a.pdf' })).text).toContain('What the page itself says.');
    expect((await documents.parse('# A note', { name: 'a.md' })).text).toBe('# A note');
    expect(asked).toEqual([]);
    const { text, metadata } = await documents.parse(program, { name: 'Größe "1".exe' });
    expect([text.trim(), metadata]).toEqual(['What Tika says.', { readBy: 'tika' }]);
    expect(asked.map(({ method, url }) => [method, url])).toEqual([['PUT', '/rmeta/html']]);
    expect(asked[0]?.body.equals(program)).toBe(true);
    expect(asked[0]?.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.exe");
    await documents.parse(program, { name: "half \ud83d of it's (1).exe" });
    expect(asked[1]?.headers['content-disposition']).toBe(
      "attachment; filename*=UTF-8''half%20%EF%BF%BD%20of%20it%27s%20%281%29.exe",
    );
  });

  it('are those of the formats in the settings, recognised by their content', async () => {
    const documents = open({ ...service, formats: ['pdf'] });

    const { text } = await documents.parse(pdf, { name: 'a.txt', mediaType: 'text/plain' });
    expect(text.trim()).toBe('What Tika says.');
    expect((await refused(documents.parse(program, { name: 'a.pdf' }))).code).toBe('document_type');
    expect(asked).toHaveLength(1);
  });

  it('are sent to Docling with its key, as a form', async () => {
    const item = { label: 'text', text: 'What Docling says.', children: [] };
    const json = { schema_name: 'DoclingDocument', body: { children: [{ $ref: '#/texts/0' }] }, texts: [item] };
    answer = (response) =>
      response.end(JSON.stringify({ status: 'success', errors: [], document: { json_content: json } }));
    const documents = open({ ...service, name: 'docling', key: 'the-key', formats: ['pdf'] });

    const { text, mediaType } = await documents.parse(pdf, { name: 'a.pdf' });
    expect([text, mediaType]).toEqual(['What Docling says.', 'application/pdf']);
    expect(asked.map(({ method, url, headers }) => [method, url, headers['x-api-key']])).toEqual([
      ['POST', '/v1/convert/file', 'the-key'],
    ]);
    const form = asked[0]?.body.toString('latin1') ?? '';
    expect(form).toContain('name="files"; filename="a.pdf"');
    expect(form).toContain(pdf.toString('latin1'));
    expect(form).toMatch(/name="to_formats"\r\n\r\njson\r\n/);
  });

  it.each([
    ['an address elsewhere', 302, 'document_service', false],
    ['a refused key', 401, 'document_service', false],
    ['a path that is not there', 404, 'document_service', false],
    ['too many requests', 429, 'document_service', true],
    ['a fault', 500, 'document_service', true],
    ['a document that it cannot read', 422, 'document_damaged', false],
    ['a document that is too large', 413, 'document_too_large', false],
    ['a document that takes too long', 504, 'document_timeout', false],
  ])('fail when the service answers with %s', async (_, status, code, isRetryable) => {
    answer = (response) => response.writeHead(status, { location: `${service.url}elsewhere` }).end('the-key');
    const error = await refused(ask({ key: 'the-key' }));

    expect([error.code, error.retryable]).toEqual([code, isRetryable]);
    expect(error.message).toContain("'a.exe'");
    expect(error.message).not.toContain('the-key');
    expect(asked).toHaveLength(1);
  });

  it('fail when no server listens, and when the reply breaks off or never ends', async () => {
    answer = (response) => response.writeHead(200, { 'content-length': 1_000 }).write('[', () => response.destroy());
    expect(await refused(ask())).toMatchObject({ code: 'document_service', retryable: true });
    answer = (response) => {
      const more = (): void => void (response.destroyed || response.write(' '.repeat(8_192), more));
      more();
    };
    expect((await refused(ask({}, { ...defaultLimits, textLength: 10_000 }))).code).toBe('document_too_large');
    server.closeAllConnections();
    server.close();
    const gone = await refused(ask());
    expect(gone).toMatchObject({ code: 'document_service', retryable: true });
    expect(gone.message).toContain('ECONNREFUSED');
  });

  it('are aborted with their request, and when the service takes too long', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    expect((await refused(ask({}, defaultLimits, stop.signal))).code).toBe('aborted');
    answer = () => undefined;
    expect((await refused(ask({ timeoutMs: 50 }))).code).toBe('document_timeout');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollections } from '@heddle/adapters/collections';
import { createDocuments } from '@heddle/adapters/documents';
import { createEmbeddedStore } from '@heddle/adapters/vectors';
import type { ModelHub, Passage } from '@heddle/core';
import { createFakeEmbedder, createFakeTokenizer } from '@heddle/core/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Originals } from './originals.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';

/** A PDF of two pages; the second has no size. */
function twoPages(): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 2 /Kids [3 0 R 6 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    '<< /Length 52 >>\nstream\nBT /F1 12 Tf 40 150 Td (The robin sings here.) Tj ET\nendstream',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 0 0] >>',
  ];
  const body = objects.map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`).join('');
  return Buffer.from(`%PDF-1.4\n${body}trailer\n<< /Root 1 0 R >>\n%%EOF\n`, 'latin1');
}

const mail = (attachment: Buffer): string =>
  [
    ...['From: a@example.org', 'To: b@example.org', 'Subject: The bird', 'MIME-Version: 1.0'],
    ...['Content-Type: multipart/mixed; boundary=x', '', '--x', 'Content-Type: text/plain', '', 'See the file.', '--x'],
    ...['Content-Type: application/pdf', 'Content-Disposition: attachment; filename=bird.pdf'],
    ...['Content-Transfer-Encoding: base64', '', attachment.toString('base64'), '--x--', ''],
  ].join('\r\n');

describe('pages of documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-pages-'));
  const documents = createDocuments();
  const store = createEmbeddedStore({ file: join(folder, 'collections.db') });
  let house: TwoProjects;
  let owner: Shown;
  let ada: Shown & { readonly id: string };
  let stranger: Shown;

  const page = (who: Shown, document: string, number: number | string = 1, project = house.alpha) =>
    house.call(
      who,
      'GET',
      `/api/collections/notes/documents/${encodeURIComponent(document)}/page?page=${number}`,
      undefined,
      project,
    );
  const setReaders = (document: string, readers: readonly string[] | null) =>
    house.call(
      owner,
      'PUT',
      `/api/collections/notes/documents/${encodeURIComponent(document)}/readers`,
      { readers },
      house.alpha,
    );

  beforeAll(async () => {
    const embedder = async (id: string) => createFakeEmbedder({ id });
    const collections = createCollections({
      embedded: store,
      documents,
      embedder,
      tokenizer: async () => createFakeTokenizer(),
    });
    house = await openTwoProjects({ collections, documents, models: { embedder } as unknown as ModelHub });
    const { alpha, beta } = house;
    owner = house.person({ [alpha]: ['owner'], [beta]: ['owner'] });
    ada = house.person({ [alpha]: ['runner'] });
    stranger = house.person({ [beta]: ['owner'] });
    await house.server.heddle.collections.create({ name: 'notes', embedding: 'fake' });
    house.server.heddle.ownership.assign('collection', 'notes', alpha);
    const inputs = [
      { id: 'bird.pdf', content: twoPages() },
      { id: 'mail.eml', content: Buffer.from(mail(twoPages())) },
      { id: 'note.md', content: '# A note\n\nThe robin sings.' },
    ];
    await house.server.heddle.collections.ingestNow('notes', { documents: inputs, sync: false }, {});
  });
  afterAll(async () => {
    await house.close();
    await documents.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['bird.pdf', 'mail.eml#bird.pdf'])('are shown as a picture: %s', async (document) => {
    const { status, headers, body } = await page(ada, document);

    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('image/png');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(String(body)).toContain('PNG');
  });

  it('have the boxes of a passage, from its import to a search', async () => {
    const { body } = await house.call(
      ada,
      'POST',
      '/api/collections/notes/search',
      { query: 'robin', mode: 'lexical', k: 5 },
      house.alpha,
    );
    const found = (body['results'] as Passage[]).find(({ document }) => document === 'bird.pdf');
    const [boxes] = found?.place?.boxes ?? [];

    expect(boxes).toMatchObject({ page: 1, width: 300, height: 200, unit: 'pt' });
    const [left, top, right, bottom, start] = boxes?.lines[0] ?? [];
    expect([left, top, right, bottom, start].every((value) => value !== undefined)).toBe(true);
    expect([Math.round(left ?? 0), start]).toEqual([40, 0]);
    expect([(top ?? 0) > 38, (bottom ?? 0) < 55, (right ?? 0) > 120]).toEqual([true, true, true]);
  });

  it.each([
    ['a page that is not there', 'bird.pdf', 3, 404, 'document_page'],
    ['no number', 'bird.pdf', 'one', 400, 'bad_request'],
    ['page 0', 'bird.pdf', 0, 400, 'bad_request'],
    ['a document without pages', 'note.md', 1, 404, 'document_page'],
    ['a document that is not there', 'other.pdf', 1, 404, 'document_not_found'],
    ['an attachment that is not there', 'mail.eml#other.pdf', 1, 404, 'document_not_found'],
  ])('are refused with a code: %s', async (_, document, number, status, code) => {
    const reply = await page(ada, document, number);

    expect([reply.status, reply.body.code ?? reply.body.error?.code]).toEqual([status, code]);
  });

  it('are only for the readers of the document, and not for another project', async () => {
    await setReaders('bird.pdf', [`user:${ada.id}`]);

    expect((await page(ada, 'bird.pdf')).status).toBe(200);
    expect((await page(owner, 'bird.pdf')).status).toBe(404);
    expect((await page(stranger, 'bird.pdf', 1, house.beta)).status).toBe(404);
    expect((await page(stranger, 'bird.pdf')).status).toBeGreaterThanOrEqual(403);

    await setReaders('bird.pdf', []);
    expect((await page(ada, 'bird.pdf')).status).toBe(404);
    await setReaders('bird.pdf', null);
  });

  it('are refused when the original is not the one from which the passages come', async () => {
    const originals = new Originals(house.server.heddle.parts.originals);
    await originals.accept('notes', [{ id: 'bird.pdf', content: Buffer.concat([twoPages(), Buffer.from('%')]) }]);

    expect((await page(ada, 'bird.pdf')).body.error).toMatchObject({ code: 'document_page' });
    await originals.accept('notes', [{ id: 'bird.pdf', content: twoPages() }]);
    expect((await page(ada, 'bird.pdf')).status).toBe(200);
  });
});

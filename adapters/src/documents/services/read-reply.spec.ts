import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { ParsedDocument } from '@heddle/core';
import type { ServiceName } from './document-service.js';
import { readReply } from './read-reply.js';

/** Replies of Tika 1.28.5, and a document that docling-core 2.104.0 wrote. */
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`__fixtures__/${name}.json`, import.meta.url), 'utf8'));
const read = (service: ServiceName, reply: unknown, textLength = 1_000_000): ParsedDocument =>
  readReply(Buffer.from(JSON.stringify(reply)), {
    service,
    name: 'leave.pdf',
    mediaType: 'application/pdf',
    textLength,
  });
const docling = (json: object, rest: object = {}): unknown => ({
  status: 'success',
  errors: [],
  document: { filename: 'leave.pdf', json_content: json },
  ...rest,
});
const leave = recorded('docling-leave') as Record<string, object>;
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'no error';
};
const pageOf = ({ text, spans }: ParsedDocument, part: string): number | undefined => {
  const at = text.indexOf(part);
  return spans.find(({ start, end }) => at >= start && at < end)?.page;
};

describe("a reply of Tika's", () => {
  it('becomes text with pages, and names the page without text', () => {
    const document = read('tika', recorded('tika-two-pdf'));

    expect(document).toMatchObject({ mediaType: 'application/pdf', title: 'Leave', format: 'markdown' });
    expect(document.metadata).toEqual({ pages: 3, readBy: 'tika' });
    expect(document.text).toContain('Notice is three months < > &.');
    expect(pageOf(document, 'forty days')).toBe(1);
    expect(pageOf(document, 'Notice')).toBe(3);
    expect(document.unread?.map(({ name, code }) => [name, code])).toEqual([['page 2', 'document_scanned']]);
  });

  it('keeps embedded documents, and names those that it could not read', () => {
    const { text, parts, unread } = read('tika', recorded('tika-mail-eml'));

    expect(text.trim()).toBe('The shop opens at nine.');
    expect(parts?.map(({ name, mediaType }) => [name, mediaType])).toEqual([['plan.pdf', 'text/html']]);
    expect(Buffer.from(parts?.[0]?.content ?? []).toString()).toContain('A plan for May.');
    expect(unread?.map(({ name, code }) => [name, code])).toEqual([['bad.pdf', 'document_damaged']]);
  });

  it.each([
    ['a type that no parser of Tika knows', { 'X-Parsed-By': 'org.apache.tika.parser.EmptyParser' }, 'document_type'],
    ['no text', {}, 'document_empty'],
    ['an exception', { 'X-TIKA:EXCEPTION:runtime': 'java.io.IOException: cut\n\tat a' }, 'document_damaged'],
    [
      'a password',
      { 'X-TIKA:EXCEPTION:container_exception': 'org.apache.tika.exception.EncryptedDocumentException: x' },
      'document_encrypted',
    ],
  ])('is refused with its code when it says %s', (_, more, code) => {
    const entry = { 'Content-Type': 'application/x', 'X-TIKA:content': '<html><body></body></html>', ...more };
    expect(codeOf(() => read('tika', [entry]))).toBe(code);
  });

  it('names the documents of an archive once', () => {
    const entry = '<div class="package-entry"><h1>note.txt</h1>\n</div>';
    const inner = { 'X-TIKA:embedded_resource_path': '/note.txt', 'X-TIKA:content': '<p>Nine.</p>' };
    const { text, parts } = read('tika', [{ 'X-TIKA:content': `<html><body>${entry}</body></html>` }, inner]);
    expect([text, parts?.length]).toEqual(['Attachments: note.txt', 1]);
  });

  it('reports a missing part when it has text and an exception', () => {
    const entry = { 'X-TIKA:content': '<p>The beginning.</p>', 'X-TIKA:EXCEPTION:runtime': 'java.io.EOFException' };
    expect(read('tika', [entry]).unread).toMatchObject([{ name: 'the document', code: 'document_damaged' }]);
  });

  it('is refused when it is nested too deeply', () => {
    const html = `<div class="page">${'<div>'.repeat(100_000)}deep`;
    expect(codeOf(() => read('tika', [{ 'X-TIKA:content': html }]))).toBe('document_damaged');
  });
});

describe("a reply of Docling's", () => {
  it('becomes Markdown in reading order, without repeated headers and footers', () => {
    const { text, title, metadata } = read('docling', docling(leave));

    expect(title).toBe('Leave handbook');
    expect(metadata).toEqual({ pages: 3, readBy: 'docling' });
    expect(text).toBe(
      [
        '# Leave handbook',
        '## Parents',
        'Parents get forty days of leave.',
        '- first item\n  - nested item',
        '$$E = m c^2$$',
        '```javascript\nlet a = 1;\n```',
        'Table 1: days by country',
        '| Country | Days |\n| --- | --- |\n| France | 25 |\n| Japan | 10 \\| more |',
        'Figure 1: a loom',
      ].join('\n\n'),
    );
  });

  it('keeps page and box of each part, measured from the upper left corner', () => {
    const document = read('docling', docling(leave));
    const { boxes, text } = document;

    expect([pageOf(document, 'forty'), pageOf(document, 'France')]).toEqual([1, 3]);
    expect(boxes?.pages).toEqual([
      [612, 792],
      [612, 792],
      [612, 792],
    ]);
    const lines = Array.from({ length: (boxes?.lines.length ?? 0) / 6 }, (__, at) => [
      ...(boxes?.lines.slice(at * 6, at * 6 + 6) ?? []),
    ]);
    expect(lines).toContainEqual([text.indexOf('Parents get'), 1, 720, 1420, 4000, 1620]);
    expect(lines).toContainEqual([text.indexOf('$$E'), 3, 720, 920, 2000, 1120]);
    for (const [offset = -1] of lines) expect(text.slice(offset, offset + 1)).toMatch(/\S/);
  });

  it('reports what Docling read in part, and is refused when Docling read nothing', () => {
    const errors = [{ component_type: 'pipeline', module_name: 'x', error_message: 'page 2 failed' }];
    const partial = read('docling', docling(leave, { status: 'partial_success', errors }));
    expect(partial.unread?.[0]?.message).toContain('page 2 failed');
    expect(codeOf(() => read('docling', docling(leave, { status: 'failure', errors })))).toBe('document_damaged');
    expect(codeOf(() => read('docling', { status: 'success', document: { json_content: null } }))).toBe(
      'document_damaged',
    );
  });

  it('is read to an end when its parts refer to each other in a circle', () => {
    const item = (child: number): object => ({
      label: 'text',
      text: `part ${child}`,
      children: [{ $ref: `#/texts/${child}` }],
    });
    const document = { ...leave, body: { children: [{ $ref: '#/texts/0' }] }, texts: [item(1), item(0)] };
    expect(read('docling', docling(document)).text).toBe('part 1\n\npart 0');
  });

  it.each([
    ['a table without end', { tables: [{ label: 'table', data: { table_cells: [], num_rows: 1e9, num_cols: 1e9 } }] }],
    [
      'a page far away',
      { texts: [{ label: 'text', text: 'x', prov: [{ page_no: 1e12, bbox: { l: 0, t: 0, r: 1, b: 1 } }] }] },
    ],
    ['another schema', { schema_name: 'Other' }],
  ])('is refused when it has %s', (_, more) => {
    expect(codeOf(() => read('docling', docling({ ...leave, ...more })))).toBe('document_service');
  });

  it('leaves out references to missing parts', () => {
    const children = ['#/texts/99', '#/__proto__/0', '#/texts/-1', '#/texts/0'].map(($ref) => ({ $ref }));
    expect(read('docling', docling({ ...leave, body: { children } })).text).toBe('# Leave handbook');
  });
});

describe('a reply of any service', () => {
  it('is an error of the service when it is not JSON or has another form', () => {
    const asked = { service: 'tika', name: 'a.pdf', mediaType: 'application/pdf', textLength: 100 } as const;
    expect(codeOf(() => readReply(Buffer.from('<html>'), asked))).toBe('document_service');
    expect(codeOf(() => read('tika', []))).toBe('document_service');
    expect(codeOf(() => read('docling', { detail: 'x' }))).toBe('document_service');
  });

  it('is refused when its text is too long', () => {
    expect(codeOf(() => read('tika', recorded('tika-two-pdf'), 20))).toBe('document_too_large');
  });
});

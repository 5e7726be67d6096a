import { describe, expect, it } from '@jest/globals';
import type { ParsedDocument } from '@heddle/core';
import { deflated, pageObjects, rawPdf, rawStream, show } from '../../testing/files/raw-pdf.js';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';

const parse = (name: string, content: Uint8Array | string, limits = defaultLimits): Promise<ParsedDocument> =>
  parseBytes({ name, content }, limits);
const textOf = (content: Uint8Array): string => Buffer.from(content).toString();

/** A PDF that contains files. */
const pdfWith = (files: Readonly<Record<string, Buffer>>, text = show('(The cover letter.)')): Buffer => {
  const entries = Object.entries(files);
  const names = entries.map(([name], at) => `(${name}) ${10 + at * 2} 0 R`).join(' ');
  return rawPdf(
    pageObjects(text, {
      1: `<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [${names}] >> >> >>`,
      ...Object.fromEntries(
        entries.flatMap(([name, content], at) => [
          [10 + at * 2, `<< /Type /Filespec /F (${name}) /UF (${name}) /EF << /F ${11 + at * 2} 0 R >> >>`],
          [11 + at * 2, deflated(content.toString('latin1'), '/Type /EmbeddedFile')],
        ]),
      ),
    }),
  );
};

describe('files in a PDF', () => {
  it('are documents of their own, including those of an embedded PDF', async () => {
    const inner = pdfWith({ 'deep.txt': Buffer.from('The third level.') });
    const { text, parts = [] } = await parse('a.pdf', pdfWith({ 'plan.md': Buffer.from('# A plan'), 'b.pdf': inner }));

    expect(text).toBe('The cover letter.');
    expect(parts.map(({ name }) => name).sort()).toEqual(['b.pdf', 'plan.md']);
    expect(textOf(parts.find(({ name }) => name === 'plan.md')?.content ?? Buffer.alloc(0))).toBe('# A plan');
    const second = await parse('b.pdf', parts.find(({ name }) => name === 'b.pdf')?.content ?? Buffer.alloc(0));
    expect(second.parts?.map(({ name, content }) => [name, textOf(content)])).toEqual([
      ['deep.txt', 'The third level.'],
    ]);
  });

  it('are named when there is no other text', async () => {
    const { text, parts } = await parse('a.pdf', pdfWith({ 'a.txt': Buffer.from('One.') }, ''));

    expect(text).toBe('Attachments: a.txt');
    expect(parts).toHaveLength(1);
  });

  it('are not read when they expand beyond the limit of a document', async () => {
    const files = { 'bomb.txt': Buffer.alloc(3_000_000, 'x'), 'a.txt': Buffer.from('One.') };
    const { parts, unread } = await parse('a.pdf', pdfWith(files), { ...defaultLimits, sourceBytes: 1_000_000 });

    expect(parts?.map(({ name }) => name)).toEqual(['a.txt']);
    expect(unread?.map(({ name, code }) => [name, code])).toEqual([['bomb.txt', 'document_too_large']]);
  });

  it('have names without folders', async () => {
    const { parts } = await parse('a.pdf', pdfWith({ '../../etc/pass#wd': Buffer.from('One.') }));

    expect(parts?.map(({ name }) => name)).toEqual(['pass wd']);
  });
});

describe('the form of a PDF', () => {
  const form = (state: string) =>
    rawPdf(
      pageObjects(show('(Do you agree?)'), {
        1: '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 7 0 R] >> >>',
        3: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> /Annots [6 0 R 7 0 R] >>',
        6: `<< /Type /Annot /Subtype /Widget /FT /Btn /T (agree) /TU (I agree to the terms) /V /${state} /AS /${state} /F 4 /Rect [72 600 90 618] /AP << /N << /Yes 8 0 R /Off 8 0 R >> >> >>`,
        7: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada Example) /F 4 /Rect [72 500 300 520] >>',
        8: rawStream('', '/Type /XObject /Subtype /Form /BBox [0 0 18 18]'),
      }),
    );

  it('shows which boxes are checked and what is filled in', async () => {
    const { text } = await parse('a.pdf', form('Yes'));

    expect(text).toContain('Do you agree?');
    expect(text).toContain('I agree to the terms: Yes');
    expect(text).toContain('Ada Example');
    expect((await parse('a.pdf', form('Off'))).text).not.toContain('I agree to the terms');
  });
});

const flat = (type: string, body: string, head = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${head}<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.${type}"><office:meta><dc:title>The mill</dc:title></office:meta><office:body>${body}</office:body></office:document>`;

describe('a flat OpenDocument', () => {
  it('is read as text, without the data of its pictures', async () => {
    const picture =
      '<draw:frame><draw:image><office:binary-data>aGVsbG8=</office:binary-data></draw:image></draw:frame>';
    const found = await parse(
      'a.fodt',
      flat(
        'text',
        `<office:text><text:h text:outline-level="1">Corn</text:h><text:p>The mill grinds corn.${picture}</text:p></office:text>`,
      ),
    );

    expect(found).toMatchObject({ title: 'Corn', mediaType: 'application/vnd.oasis.opendocument.text' });
    expect(found.text).toBe('# Corn\n\nThe mill grinds corn.');
  });

  it('is read as rows and as slides', async () => {
    const cell = (text: string) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`;
    const row = (...cells: string[]) => `<table:table-row>${cells.map(cell).join('')}</table:table-row>`;
    const sheet = await parse(
      'a.fods',
      flat(
        'spreadsheet',
        `<office:spreadsheet><table:table table:name="Prices">${row('Name', 'Price')}${row('Corn', '12')}</table:table></office:spreadsheet>`,
      ),
    );
    const slides = await parse(
      'a.fodp',
      flat(
        'presentation',
        '<office:presentation><draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>The wheel</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>It spins.</text:p></draw:text-box></draw:frame></draw:page></office:presentation>',
      ),
    );

    expect(sheet).toMatchObject({ format: 'rows', title: 'The mill' });
    expect(sheet.text).toContain('Price: 12');
    expect(slides.text).toMatch(/# The wheel[^]*It spins\./);
  });

  it('is refused when it declares entities or is nested too deeply, and other XML stays XML', async () => {
    const entity = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]>\n';
    await expect(parse('a.fodt', flat('text', '<office:text/>', entity))).rejects.toMatchObject({
      code: 'document_bomb',
    });
    const deep = `<office:text>${'<text:section>'.repeat(2_000)}${'</text:section>'.repeat(2_000)}</office:text>`;
    await expect(parse('a.fodt', flat('text', deep))).rejects.toMatchObject({ code: 'document_bomb' });
    expect((await parse('a.xml', '<?xml version="1.0"?><a><office:document>One</office:document></a>')).text).toContain(
      'One',
    );
  });
});

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const attribute = (level: number, id: number, data: Buffer | string): Buffer => {
  const bytes = Buffer.from(data);
  return Buffer.concat([Buffer.from([level]), number(id), number(bytes.length), bytes, Buffer.alloc(2)]);
};
const tnef = (...attributes: readonly Buffer[]): Buffer =>
  Buffer.concat([number(0x223e9f78), Buffer.alloc(2), ...attributes]);
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([number(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
const property = (id: number, type: number, value: Buffer): Buffer =>
  Buffer.concat([number(id * 0x10000 + type), number(1), padded(value)]);
const properties = (...all: readonly Buffer[]): Buffer => Buffer.concat([number(all.length), ...all]);
const wide = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le');

describe('an attachment of Outlook (winmail.dat)', () => {
  const inner = tnef(attribute(1, 0x00018004, 'Inside\0'), attribute(1, 0x0002800c, 'The inner message.\0'));
  const message = tnef(
    attribute(1, 0x00018004, 'The harvest\0'),
    attribute(
      1,
      0x00069003,
      properties(
        property(0x0c1a, 0x1f, wide('Ada')),
        property(0x5d01, 0x1f, wide('ada@example.org')),
        property(0x1000, 0x1f, wide('The corn is in.')),
      ),
    ),
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00018010, 'PLAN~1.TXT\0'),
    attribute(2, 0x0006800f, 'The plan.'),
    attribute(2, 0x00069005, properties(property(0x3707, 0x1f, wide('the plan.txt')))),
    attribute(2, 0x00069002, Buffer.alloc(14)),
    attribute(2, 0x00069005, properties(property(0x3701, 0x0d, Buffer.concat([Buffer.alloc(16), inner])))),
  );

  it('is read as the original e-mail with its files', async () => {
    const found = await parse('winmail.dat', message);

    expect(found).toMatchObject({ mediaType: 'application/vnd.ms-tnef', title: 'The harvest' });
    expect(found.text).toContain('From: Ada <ada@example.org>');
    expect(found.text).toContain('The corn is in.');
    expect(found.parts?.map(({ name }) => name)).toEqual(['the plan.txt', 'attachment-2.eml']);
    expect(textOf(found.parts?.[0]?.content ?? Buffer.alloc(0))).toBe('The plan.');
    expect((await parse('b.eml', found.parts?.[1]?.content ?? '')).text).toContain('The inner message.');
  });

  it.each([
    ['cut off', message.subarray(0, 60)],
    ['that claims a length', tnef(Buffer.concat([Buffer.from([1]), number(0x00069003), number(0xffffffff)]))],
    ['that claims properties', tnef(attribute(1, 0x00069003, number(0xffffffff)))],
    [
      'of ten thousand attachments',
      tnef(...Array.from({ length: 10_000 }, () => attribute(2, 0x00069002, Buffer.alloc(14)))),
    ],
  ])('is refused when it is %s', async (_, content) => {
    await expect(parse('winmail.dat', content)).rejects.toMatchObject({
      code: expect.stringMatching(/^document_(?:damaged|bomb)$/),
    });
  });
});

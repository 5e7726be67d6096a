import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { docx, paragraph } from '../../testing/files/office-files.js';
import { writeOle } from '../../testing/files/write-ole.js';
import { writeZip } from '../../testing/files/write-zip.js';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';

// The files were written by LibreOffice 7.4.
const fixture = (name: string): Buffer =>
  gunzipSync(readFileSync(new URL(`../__fixtures__/office/${name}.gz`, import.meta.url)));
const parse = (content: Uint8Array | string, name: string) =>
  parseBytes({ content: typeof content === 'string' ? Buffer.from(content) : content, name }, defaultLimits);

const letter = `# Orbit handbook

First paragraph with ünïcode – and “quotes”.

## Prices of 2026

| Article | Price | Stock |
| --- | --- | --- |
| Lamp | 12 | 3 |
| Rope | 4 | 1 |

## Rules

- one
- two
  - two point one

Last words.`;

describe('a letter', () => {
  it.each([
    ['letter.doc', 'application/msword'],
    ['letter.odt', 'application/vnd.oasis.opendocument.text'],
    ['letter.rtf', 'application/rtf'],
  ])('%s has headings, a table and lists', async (name, mediaType) => {
    expect(await parse(fixture(name), 'any.bin')).toMatchObject({ text: letter, mediaType, title: 'Orbit handbook' });
  });
});

describe('a workbook', () => {
  it.each(['prices.xls', 'prices.ods'])(
    '%s has a row for each line, with column names, dates and its title',
    async (name) => {
      const { text, format, spans } = await parse(fixture(name), name);

      expect(format).toBe('rows');
      expect(text).toBe(
        'Article: Lamp\nPrice: 12.5\nPaid: TRUE\nWhen: 2026-01-05\n\nArticle: Cable\nPrice: 4\nPaid: FALSE\nWhen: 2026-02-05',
      );
      expect(spans.map(({ row, headings }) => [row, headings?.at(-1)])).toEqual([
        [3, 'Prices of 2026'],
        [4, 'Prices of 2026'],
      ]);
    },
  );
});

describe('a presentation', () => {
  it.each(['plan.ppt', 'plan.odp'])('%s has a page for each slide, and its notes', async (name) => {
    const { text, spans } = await parse(fixture(name), name);

    expect(text.replaceAll('- ', '').split(/\n+/)).toEqual([
      ...['## Plan 2026', 'By Ada', '## Sites', 'Three sites', 'One van', 'A box of its own', 'Notes: Speak slowly.'],
    ]);
    expect(spans.map(({ page }) => page)).toEqual([1, 2]);
  });
});

describe('an OpenDocument file', () => {
  const odt = (body: string, more: readonly { readonly name: string; readonly content: string }[] = []) =>
    writeZip([
      { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text' },
      {
        name: 'content.xml',
        content: `<o:document xmlns:o="o" xmlns:t="t" xmlns:b="b" xmlns:d="d"><o:body><o:text>${body}</o:text></o:body></o:document>`,
      },
      ...more,
    ]);

  it('keeps text boxes, notes and nested tables, and leaves out deleted text', async () => {
    const file = odt(
      '<t:tracked-changes><t:p>gone</t:p></t:tracked-changes><t:p>Text<t:note><t:note-body><t:p>A note</t:p></t:note-body></t:note><d:frame><d:text-box><t:p>In a box</t:p></d:text-box></d:frame></t:p>' +
        '<b:table><b:table-row><b:table-cell b:number-columns-spanned="2"><t:p>Wide</t:p></b:table-cell></b:table-row><b:table-row><b:table-cell><t:p>a</t:p></b:table-cell><b:table-cell><b:table><b:table-row><b:table-cell><t:p>x</t:p></b:table-cell><b:table-cell><t:p>y</t:p></b:table-cell></b:table-row></b:table></b:table-cell></b:table-row></b:table>',
    );

    expect((await parse(file, 'a.odt')).text).toBe(
      'Text\n\nA note\n\nIn a box\n\n| Wide | Wide |\n| --- | --- |\n| a | x, y |',
    );
  });

  it('is refused when it has a password', async () => {
    const manifest = { name: 'META-INF/manifest.xml', content: '<m:manifest><m:encryption-data/></m:manifest>' };

    await expect(parse(odt('x', [manifest]), 'a.odt')).rejects.toMatchObject({ code: 'document_encrypted' });
  });
});

describe('an Office document', () => {
  it('has its embedded documents as parts, even when it has no text', async () => {
    const inner = docx(paragraph('Inner words.'));
    const file = docx('', [
      { name: 'word/embeddings/inner.docx', content: inner },
      { name: 'word/embeddings/oleObject1.bin', content: 'x' },
    ]);
    const { text, parts } = await parse(file, 'a.docx');

    expect(text).toBe('Embedded: inner.docx');
    expect(parts?.map(({ name, content }) => [name, Buffer.from(content).equals(inner)])).toEqual([
      ['inner.docx', true],
    ]);
  });
});

describe('a rich text file', () => {
  it.each([
    ['characters of other code pages', "{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2}", 'Привет'],
    ['characters in Unicode, without their stand-ins', '{\\rtf1\\uc1 caf\\u233?s \\u8211- x}', 'cafés – x'],
    [
      'no pictures, hidden text or instructions',
      '{\\rtf1{\\pict 0102abcd}a{\\v hidden}{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt link}}{\\*\\generator G;}}',
      'alink',
    ],
    [
      'headers once, and no page numbers',
      '{\\rtf1{\\header Orbit Ltd\\par}{\\footer Page {\\field{\\*\\fldinst PAGE}{\\fldrslt }}\\par}Body\\par}',
      'Orbit Ltd\n\nBody',
    ],
    [
      'tables in tables',
      '{\\rtf1\\trowd\\intbl a\\cell\\pard\\intbl\\itap2 x\\nestcell y\\nestcell{\\*\\nesttableprops\\nestrow}\\pard\\intbl\\cell\\row\\pard after\\par}',
      '| a | x, y |\n| --- | --- |\n\nafter',
    ],
    ['binary data stepped over', '{\\rtf1 a\\bin5 {{{{{b}', 'ab'],
  ])('contains %s', async (_, content, text) => {
    expect((await parse(content, 'a.rtf')).text).toBe(text);
  });

  it('is refused when its groups are nested without end', async () => {
    await expect(parse(`{\\rtf1 ${'{'.repeat(20_000)}x`, 'a.rtf')).rejects.toMatchObject({ code: 'document_bomb' });
  });
});

describe('a compound file', () => {
  const text = Buffer.alloc(5_000, 'x');

  it.each([
    ['a chain of sectors in a circle', writeOle({ WordDocument: text }, { next: 0, size: 4_000_000 })],
    ['a stream that claims 4 GB', writeOle({ WordDocument: text }, { size: 0xfffffff0 })],
    ['a directory in a circle', writeOle({ WordDocument: text, x: 'y' }, { left: 1 })],
    ['an end in the middle', writeOle({ WordDocument: text }).subarray(0, 3_000)],
    ['only its first bytes', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['a text of zeros', writeOle({ WordDocument: Buffer.alloc(5_000) })],
    ['a workbook of zeros', writeOle({ Workbook: Buffer.alloc(5_000) })],
    [
      'a presentation of zeros',
      writeOle({ 'PowerPoint Document': Buffer.alloc(5_000), 'Current User': Buffer.alloc(64) }),
    ],
  ])('with %s is refused', async (_, file) => {
    await expect(parse(file, 'a.doc')).rejects.toMatchObject({
      code: expect.stringMatching(/^document_(?:damaged|empty|bomb)$/),
    });
  });

  it.each([
    ['EncryptedPackage', 'document_encrypted'],
    ['Contents', 'document_type'],
  ])('with the stream %s is %s', async (name, code) => {
    await expect(parse(writeOle({ [name]: text }), 'a.doc')).rejects.toMatchObject({ code });
  });

  it.each(['letter.doc', 'prices.xls', 'plan.ppt'])(
    '%s is read or refused wherever a byte is changed or the file is cut',
    async (name) => {
      const whole = fixture(name);
      const step = Math.max(1, Math.floor(whole.length / 60));
      for (let at = 24; at < whole.length; at += step) {
        const changed = Buffer.from(whole);
        changed.fill(0xff, at, at + 8);
        for (const file of [changed, whole.subarray(0, at)]) {
          const answer = await parse(file, name).then(
            () => 'text',
            (error: unknown) => (error as { code?: string }).code,
          );
          expect(answer).toMatch(/^(?:text|document_(?:damaged|empty|type|bomb|encrypted|too_large))$/);
        }
      }
    },
    60_000,
  );
});

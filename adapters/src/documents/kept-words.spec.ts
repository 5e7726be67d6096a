import { describe, expect, it } from '@jest/globals';
import { docx, paragraph, xlsx } from '../testing/files/office-files.js';
import { writePdf } from '../testing/files/write-pdf.js';
import { defaultLimits } from './limits.js';
import { parseBytes } from './parse-bytes.js';

const parse = (content: Uint8Array | string, name: string) =>
  parseBytes({ content: typeof content === 'string' ? Buffer.from(content) : content, name }, defaultLimits);
const textOf = async (content: Uint8Array | string, name: string): Promise<string> => (await parse(content, name)).text;
const page = (lines: readonly string[]) => lines.map((text, index) => ({ text, y: 700 - index * 14 }));

describe('a PDF', () => {
  it('joins words that were divided at the end of a line, and keeps the hyphens of names', async () => {
    const lines = ['The most impor-', 'tant word of a well-known', 'state-of-the-art thing is Jean-', 'Paul.'];

    expect(await textOf(writePdf([page(lines)]), 'a.pdf')).toBe(
      'The most important word of a well-known\nstate-of-the-art thing is Jean-Paul.',
    );
  });

  it('keeps the words of pages that look alike once', async () => {
    const badge = (name: string) => page(['Badge of a guest', name, 'Return it at the desk']);

    const text = await textOf(writePdf([badge('Ada Lovelace'), badge('Alan Turing'), badge('Grace Hopper')]), 'a.pdf');

    for (const words of ['Badge of a guest', 'Ada Lovelace', 'Alan Turing', 'Grace Hopper', 'Return it at the desk'])
      expect(text.split(words)).toHaveLength(2);
  });

  it('leaves out page numbers, and keeps lines with other numbers', async () => {
    const sheet = (head: string, index: number) =>
      page([head, `Text ${'abc'[index]} of the page`, `Page ${index + 1} of 3`]);

    const text = await textOf(
      writePdf([sheet('Invoice 4711', 0), sheet('Invoice 5012', 1), sheet('Invoice 9', 2)]),
      'a.pdf',
    );

    expect(text).not.toMatch(/Page \d/);
    for (const number of ['4711', '5012', '9']) expect(text).toContain(`Invoice ${number}`);
  });
});

describe('a Word document', () => {
  const part = (name: string, content: string) => ({
    name: `word/${name}.xml`,
    content: `<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${content}</w:hdr>`,
  });
  const run = (content: string): string => `<w:r>${content}</w:r>`;
  const number = [
    run('<w:fldChar w:fldCharType="begin"/>'),
    run('<w:instrText> PAGE </w:instrText>'),
    run('<w:fldChar w:fldCharType="separate"/>'),
    run('<w:t>7</w:t>'),
    run('<w:fldChar w:fldCharType="end"/>'),
  ].join('');

  it('keeps headers and footers once, without page numbers', async () => {
    const file = docx(paragraph('The body.'), [
      part('header1', paragraph('Orbit Ltd, confidential')),
      part('header2', paragraph('Orbit Ltd, confidential')),
      part('footer1', `<w:p>${run('<w:t>Page </w:t>')}${number}</w:p>${paragraph('Contract 2026-114')}`),
      part(
        'footer2',
        `<w:p>${run('<w:t>Rev. B, </w:t>')}<w:fldSimple w:instr=" NUMPAGES ">${run('<w:t>9</w:t>')}</w:fldSimple></w:p>`,
      ),
    ]);

    expect((await textOf(file, 'a.docx')).trim()).toBe(
      'Orbit Ltd, confidential\n\nContract 2026-114\n\nRev. B,\n\nThe body.',
    );
  });
});

describe('a table', () => {
  it.each([
    ['a comma', 'Prices of 2026,,\nArticle,Price,Stock\nLamp,12,3\nCable,4,80\n'],
    ['nothing', 'Prices of 2026\nArticle,Price,Stock\nLamp,12,3\nCable,4,80\n'],
  ])('is read with a title above its names, followed by %s', async (_, csv) => {
    const { text, title, spans } = await parse(csv, 'a.csv');

    expect(text).toBe('Article: Lamp\nPrice: 12\nStock: 3\n\nArticle: Cable\nPrice: 4\nStock: 80');
    expect([title, spans.map(({ row, headings }) => [row, headings])]).toEqual([
      'Prices of 2026',
      [
        [3, ['Prices of 2026']],
        [4, ['Prices of 2026']],
      ],
    ]);
  });

  it('of one column is read from its first row', async () => {
    expect(await textOf('name\nAda\nAlan\nGrace\nEdsger\n', 'a.csv')).toBe(
      'name: Ada\n\nname: Alan\n\nname: Grace\n\nname: Edsger',
    );
  });

  it('shows its title and names when it has nothing else', async () => {
    expect(await textOf('Prices of 2026,\nArticle,Price\n', 'a.csv')).toBe('Prices of 2026\nArticle, Price');
  });

  it('in a workbook has its title as a heading, and is kept when it has only names', async () => {
    const cell = (reference: string, text: string) => `<c r="${reference}" t="str"><v>${text}</v></c>`;
    const file = xlsx({
      Prices: `<row r="1">${cell('A1', 'Prices of 2026')}</row><row r="3">${cell('A3', 'Article')}${cell('B3', 'Price')}</row><row r="4">${cell('A4', 'Lamp')}${cell('B4', '12')}</row>`,
      Empty: `<row r="1">${cell('A1', 'Article')}${cell('B1', 'Price')}</row>`,
    });

    const { text, spans } = await parse(file, 'a.xlsx');

    expect(text).toBe('Article: Lamp\nPrice: 12\n\nArticle, Price');
    expect(spans.map(({ headings }) => headings)).toEqual([['Prices', 'Prices of 2026'], ['Empty']]);
  });
});

describe('XML', () => {
  it('is read as values by name, without its markup', async () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE catalogue SYSTEM "catalogue.dtd">
      <catalogue xmlns="urn:x"><article id="a1"><name>Lamp &amp; cable</name><price currency="EUR">12.50</price></article>
      <article id="a2"><name>Loom</name><about>It <b>weaves</b> wool.</about></article></catalogue>`;

    const { text, mediaType } = await parse(xml, 'a.xml');

    expect(mediaType).toBe('application/xml');
    expect(text).toBe(
      'id: a1\nname: Lamp & cable\ncurrency: EUR\nprice: 12.50\n\nid: a2\nname: Loom\nabout: It weaves wool.',
    );
  });

  it('keeps the paragraphs of a document', async () => {
    const xml =
      '<?xml version="1.0"?><book><title>Weaving</title><para>Wool comes from <emphasis>sheep</emphasis>.</para></book>';

    expect(await parse(xml, 'a.xml')).toMatchObject({ title: 'Weaving', text: 'Weaving\n\nWool comes from sheep.' });
  });

  it.each([
    ['entities of its own', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'document_bomb'],
    ['an element without end', '<?xml version="1.0"?><a><b>', 'document_damaged'],
    ['very deep elements', `<?xml version="1.0"?>${'<a>'.repeat(10_000)}${'</a>'.repeat(10_000)}`, 'document_bomb'],
  ])('is refused with %s', async (_, xml, code) => {
    await expect(parse(xml, 'a.xml')).rejects.toMatchObject({ code });
  });
});

describe('bytes that are not text', () => {
  const tiff = (size: number): Buffer => {
    // The directory is behind the picture, as most programs write it.
    const file = Buffer.alloc(size, 0xff);
    file.write('II*\0', 0, 'latin1');
    file.writeUInt32LE(size - 18, 4);
    file.writeUInt16LE(1, size - 18);
    file.writeUInt16LE(256, size - 16);
    return file;
  };

  it.each([
    ['of 0xFF', Buffer.alloc(20_000, 0xff)],
    ['of 0xE9', Buffer.alloc(300, 0xe9)],
    ['without a space', Buffer.from(Array.from({ length: 20_000 }, (_, index) => 0xc0 + (index % 60)))],
    ['of a picture whose directory is at its end', tiff(50_000)],
  ])('are refused: a file %s', async (_, file) => {
    await expect(parse(file, 'scan.bin')).rejects.toMatchObject({
      code: expect.stringMatching(/^document_(?:type|damaged)$/),
    });
  });

  it('are not confused with old encodings', async () => {
    const latin = Buffer.from('Hier ist die Gr\u00f6\u00dfe der T\u00fcren gleich. '.repeat(20), 'latin1');

    expect(await textOf(latin, 'a.txt')).toContain('die Größe der Türen');
  });
});

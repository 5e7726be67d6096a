import { expect, it, describe } from '@jest/globals';
import {
  deflated,
  encryptedPdf,
  pageObjects,
  rawPdf,
  rawStream,
  show,
  type RawObjects,
} from '../../testing/files/raw-pdf.js';
import { writePdf } from '../../testing/files/write-pdf.js';
import { defaultLimits } from '../limits.js';
import { parseBytes } from '../parse-bytes.js';

const textOf = async (content: Buffer): Promise<string> =>
  (await parseBytes({ content, name: 'x.pdf' }, defaultLimits)).text;

const hello = show('(Hello world)');
const font = (entries: string): RawObjects => ({
  4: `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica ${entries} >>`,
});
const page = (entries: string): RawObjects => ({
  3: `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R ${entries} >>`,
});
const fonts = '/Resources << /Font << /F1 4 0 R >> >>';
const form = (content: string, entries = fonts) =>
  rawStream(content, `/Type /XObject /Subtype /Form /BBox [0 0 595 842] ${entries}`);
const wideFont = (encoding: string, ordering: string): string =>
  `<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /${encoding} /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 2 >> /DW 1000 >>] >>`;

describe('a simple PDF gives its text', () => {
  const cases: readonly (readonly [string, Buffer, string?])[] = [
    ['a standard font without an encoding', rawPdf(pageObjects(hello))],
    ['WinAnsi', rawPdf(pageObjects(show('(caf\\351 \\200)'), font('/Encoding /WinAnsiEncoding'))), 'café €'],
    ['MacRoman', rawPdf(pageObjects(show('(caf\\216)'), font('/Encoding /MacRomanEncoding'))), 'café'],
    [
      'names of glyphs for codes of its own',
      rawPdf(
        pageObjects(
          show('(\\001\\002\\003)'),
          font('/Encoding << /Type /Encoding /Differences [1 /A /eacute /uni03A9] >>'),
        ),
      ),
      'AéΩ',
    ],
    ['objects in object streams', rawPdf(pageObjects(hello), 'object-streams')],
    ['a table of objects that is a stream', rawPdf(pageObjects(deflated(hello)), 'stream')],
    ['no table of objects', rawPdf(pageObjects(hello), 'none')],
    ['a table of objects with wrong places', rawPdf(pageObjects(hello), 'wrong-offsets')],
    ['something before its head', rawPdf(pageObjects(hello), 'table', '', '\n\n')],
    ['much before its head', rawPdf(pageObjects(hello), 'none', '', `${'x'.repeat(900)}\n`)],
    [
      'an old head',
      Buffer.from(rawPdf(pageObjects(hello)).toString('latin1').replace('%PDF-1.6', '%PDF-0.9'), 'latin1'),
    ],
    [
      'an odd head',
      Buffer.from(rawPdf(pageObjects(hello)).toString('latin1').replace('%PDF-1.6', '%PDF-x.y'), 'latin1'),
    ],
    ['no end', rawPdf(pageObjects(hello), 'none').subarray(0, -18)],
    [
      'a linearised file',
      rawPdf({ 9: '<< /Linearized 1 /L 2000 /H [700 100] /O 3 /E 1500 /N 1 /T 1800 >>', ...pageObjects(hello) }),
    ],
    [
      'a field without a picture of its text',
      rawPdf(
        pageObjects('', {
          1: '<< /Type /Catalog /Pages 2 0 R /AcroForm << /NeedAppearances true /Fields [6 0 R] /DA (/F1 12 Tf) /DR << /Font << /F1 4 0 R >> >> >> >>',
          ...page(`${fonts} /Annots [6 0 R]`),
          6: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /DA (/F1 12 Tf) /V (Hello world) /F 4 /Rect [72 700 300 720] >>',
        }),
      ),
    ],
    [
      'text in a form',
      rawPdf(pageObjects('/X1 Do', { ...page('/Resources << /XObject << /X1 6 0 R >> >>'), 6: form(hello) })),
    ],
    [
      'text in a form in a form',
      rawPdf(
        pageObjects('/X1 Do', {
          ...page('/Resources << /XObject << /X1 6 0 R >> >>'),
          6: form('/X1 Do', '/Resources << /XObject << /X1 7 0 R >> >>'),
          7: form(hello),
        }),
      ),
    ],
    [
      'a form that uses the fonts of its page',
      rawPdf(
        pageObjects('/X1 Do', {
          ...page('/Resources << /Font << /F1 4 0 R >> /XObject << /X1 6 0 R >> >>'),
          6: form(hello, ''),
        }),
      ),
    ],
    [
      'fonts of the page tree',
      rawPdf(pageObjects(hello, { ...page(''), 2: `<< /Type /Pages /Count 1 /Kids [3 0 R] ${fonts} >>` })),
    ],
    ['no fonts at all', rawPdf(pageObjects(hello, page('')))],
    ['a font that is not there', rawPdf(pageObjects(hello, page('/Resources << /Font << /F1 99 0 R >> >>')))],
    ['a font of another name', rawPdf(pageObjects(hello, page('/Resources << /Font << /F9 4 0 R >> >>')))],
    ['encryption without a password', encryptedPdf(hello)],
    [
      'content in several streams, cut inside an operation',
      rawPdf(
        pageObjects('BT /F1 12 Tf 72 700', {
          3: `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [5 0 R 6 0 R 7 0 R] ${fonts} >>`,
          6: rawStream('Td (Hello'.replace('(Hello', '(Hello world)')),
          7: deflated(' Tj ET'),
        }),
      ),
    ],
    ['text as hexadecimal', rawPdf(pageObjects(show('<48656C6C6F20776F726C64>')))],
    ['text in pieces', rawPdf(pageObjects('BT /F1 12 Tf 72 700 Td [(Hel) 20 (lo) -300 (wor) 10 (ld)] TJ ET'))],
    [
      'lines by quotes',
      rawPdf(pageObjects('BT /F1 12 Tf 14 TL 72 700 Td (Hello) \' 0 0 (world) " ET')),
      'Hello\nworld',
    ],
    ['invisible text', rawPdf(pageObjects(`BT 3 Tr ET ${hello}`))],
    ['white text', rawPdf(pageObjects(`1 1 1 rg ${hello}`))],
    ['a size of one, scaled', rawPdf(pageObjects('BT /F1 1 Tf 12 0 0 12 72 700 Tm (Hello world) Tj ET'))],
    ['a page upside down', rawPdf(pageObjects(`1 0 0 -1 0 842 cm ${show('(Hello world)', 100)}`))],
    ['a page that is turned', rawPdf(pageObjects(hello, page(`/Rotate 90 ${fonts}`)))],
    ['text outside the page', rawPdf(pageObjects(show('(Hello world)', 900)))],
    ['no place for its text', rawPdf(pageObjects('BT /F1 12 Tf (Hello world) Tj ET'))],
    ['no size of its font', rawPdf(pageObjects('BT /F1 0 Tf 72 700 Td (Hello world) Tj ET'))],
    ['a tiny font', rawPdf(pageObjects('BT /F1 0.01 Tf 72 700 Td (Hello world) Tj ET'))],
    [
      'no size of its page',
      rawPdf(pageObjects(hello, { 3: `<< /Type /Page /Parent 2 0 R /Contents 5 0 R ${fonts} >>` })),
    ],
    ['a page of no size', rawPdf(pageObjects(hello, page(`/MediaBox [0 0 0 0] ${fonts}`)))],
    ['a count of pages that is missing', rawPdf(pageObjects(hello, { 2: '<< /Type /Pages /Kids [3 0 R] >>' }))],
    ['a count of no pages', rawPdf(pageObjects(hello, { 2: '<< /Type /Pages /Count 0 /Kids [3 0 R] >>' }))],
    ['a count of too many pages', rawPdf(pageObjects(hello, { 2: '<< /Type /Pages /Count 9 /Kids [3 0 R] >>' }))],
    [
      'a page without a type',
      rawPdf(pageObjects(hello, { 3: `<< /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R ${fonts} >>` })),
    ],
    [
      'a page without a parent',
      rawPdf(pageObjects(hello, { 3: `<< /Type /Page /MediaBox [0 0 595 842] /Contents 5 0 R ${fonts} >>` })),
    ],
    [
      'a tree of pages',
      rawPdf(
        pageObjects(hello, {
          2: '<< /Type /Pages /Count 1 /Kids [6 0 R] >>',
          6: '<< /Type /Pages /Parent 2 0 R /Count 1 /Kids [3 0 R] >>',
        }),
      ),
    ],
    [
      'a wrong length of its content',
      Buffer.from(
        rawPdf(pageObjects(hello), 'none')
          .toString('latin1')
          .replace(/\/Length \d+/, '/Length 3'),
        'latin1',
      ),
    ],
    [
      'a length in another object',
      Buffer.from(
        rawPdf(pageObjects(hello, { 8: String(hello.length) }), 'none')
          .toString('latin1')
          .replace(/\/Length \d+/, '/Length 8 0 R'),
        'latin1',
      ),
    ],
    [
      'lines that end with CR',
      Buffer.from(rawPdf(pageObjects(hello.trim()), 'none').toString('latin1').replaceAll('\n', '\r'), 'latin1'),
    ],
    [
      'signs of China, Japan and Korea without their fonts',
      rawPdf(
        pageObjects(
          'BT /F1 12 Tf 72 700 Td <4F60597D> Tj ET BT /F2 12 Tf 72 680 Td <93FA967B> Tj ET BT /F3 12 Tf 72 660 Td <C7D1B1B9> Tj ET',
          {
            ...page('/Resources << /Font << /F1 6 0 R /F2 7 0 R /F3 8 0 R >> >>'),
            6: wideFont('UniGB-UCS2-H', 'GB1'),
            7: wideFont('90ms-RKSJ-H', 'Japan1'),
            8: wideFont('KSCms-UHC-H', 'Korea1'),
          },
        ),
      ),
      '你好\n日本\n한국',
    ],
    [
      'content as ASCII',
      rawPdf(pageObjects(rawStream(`${Buffer.from(hello).toString('hex')}>`, '/Filter /ASCIIHexDecode'))),
    ],
    [
      'glyphs without widths',
      rawPdf(
        pageObjects(hello, {
          4: '<< /Type /Font /Subtype /TrueType /BaseFont /Arial /Encoding /WinAnsiEncoding >>',
        }),
      ),
    ],
    [
      'text of two bytes with its meaning',
      rawPdf(
        pageObjects(show('<00010002>'), {
          4: '<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>',
          6: '<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>',
          7: rawStream(
            '/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0001> <0048> <0002> <0069> endbfchar endcmap end',
          ),
        }),
      ),
      'Hi',
    ],
    [
      'a meaning of its codes that is empty',
      rawPdf(
        pageObjects(hello, {
          ...font('/Encoding /WinAnsiEncoding /ToUnicode 7 0 R'),
          7: rawStream('/CIDInit /ProcSet findresource begin begincmap endcmap end'),
        }),
      ),
    ],
    ['text beside a text for readers', rawPdf(pageObjects(`/Span << /ActualText (Hello world) >> BDC ${hello} EMC`))],
    ['operators that nobody knows', rawPdf(pageObjects(`Q Q xyzzy ${hello} q q`))],
    ['a picture in between', rawPdf(pageObjects(`BI /W 1 /H 1 /BPC 8 /CS /G ID x EI ${hello}`))],
    [
      'a field that was filled in',
      rawPdf(
        pageObjects('', {
          1: '<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DR << /Font << /F1 4 0 R >> >> >> >>',
          ...page(`${fonts} /Annots [6 0 R]`),
          6: '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Hello world) /F 4 /Rect [72 700 300 720] /AP << /N 7 0 R >> >>',
          7: rawStream(
            '/Tx BMC BT /F1 12 Tf 2 5 Td (Hello world) Tj ET EMC',
            `/Type /XObject /Subtype /Form /BBox [0 0 228 20] ${fonts}`,
          ),
        }),
      ),
    ],
    [
      'a note without a picture of its text',
      rawPdf(
        pageObjects('', {
          ...page(`${fonts} /Annots [6 0 R 7 0 R]`),
          6: '<< /Type /Annot /Subtype /FreeText /Contents (Hello world) /DA (/F1 12 Tf) /F 4 /Rect [72 700 300 720] >>',
          7: '<< /Type /Annot /Subtype /FreeText /Contents (not shown) /DA (/F1 12 Tf) /F 2 /Rect [72 700 300 720] >>',
        }),
      ),
    ],
    [
      'a note on its page',
      rawPdf(
        pageObjects('', {
          ...page(`${fonts} /Annots [6 0 R]`),
          6: '<< /Type /Annot /Subtype /FreeText /Contents (Hello world) /DA (/F1 12 Tf) /F 4 /Rect [72 700 300 720] /AP << /N 7 0 R >> >>',
          7: rawStream(
            'BT /F1 12 Tf 2 5 Td (Hello world) Tj ET',
            `/Type /XObject /Subtype /Form /BBox [0 0 228 20] ${fonts}`,
          ),
        }),
      ),
    ],
  ];

  it.each(cases)('%s', async (_name, content, expected = 'Hello world') => {
    expect(await textOf(content)).toBe(expected);
  });

  it('keeps a line that is all the text of its page, although every page has a similar line', async () => {
    const pages = (count: number, text: (index: number) => string) =>
      writePdf(Array.from({ length: count }, (_, index) => [{ text: text(index), y: 700 }]));
    expect(await textOf(pages(2, () => 'Hello world'))).toBe('Hello world\n\nHello world');
    expect(await textOf(pages(3, (index) => `Chapter ${index + 1}`))).toBe('Chapter 1\n\nChapter 2\n\nChapter 3');
  });
});

import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { docx, paragraph } from '../testing/files/office-files.js';
import { writePdf } from '../testing/files/write-pdf.js';
import { defaultLimits } from './limits.js';
import { parseBytes } from './parse-bytes.js';

const parse = (content: Uint8Array | string, name?: string) =>
  parseBytes(
    { content: typeof content === 'string' ? Buffer.from(content) : content, ...(name === undefined ? {} : { name }) },
    defaultLimits,
  );

/** The style sheet of a Word document: ids are names without spaces. */
const wordStyles = (names: readonly string[]) => [
  {
    name: 'word/styles.xml',
    content: `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${names.map((name) => `<w:style w:type="paragraph" w:styleId="${name.replace('heading ', 'Heading')}"><w:name w:val="${name}"/></w:style>`).join('')}</w:styles>`,
  },
  {
    name: 'word/_rels/document.xml.rels',
    content:
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
  },
];

describe('text', () => {
  it('reads single lines in capitals and underlined lines as headings', async () => {
    const text = 'SITE GUIDE\n\nOpen daily.\n\nParking\n-------\n\nBehind the mill.\nNOT ALONE\nhere.\n';
    const { title, spans, format } = await parse(text, 'guide.txt');
    expect([title, format]).toEqual(['SITE GUIDE', 'text']);
    expect(spans.map(({ start, headings }) => [text.slice(start, start + 7), headings])).toEqual([
      ['SITE GU', ['SITE GUIDE']],
      ['Parking', ['Parking']],
    ]);
  });

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'windows-1251', 'shift_jis', 'gb18030'])(
    'reads %s',
    async (encoding) => {
      const samples: Record<string, string> = {
        'windows-1251':
          'Ткацкий станок стоит в мастерской, и каждый день мы ткём на нём шерстяные ткани для наших клиентов. ',
        shift_jis: '織機は工房にあり、毎日羊毛の布を織っています。お客様のために丁寧に仕上げます。',
        gb18030: '织布机放在车间里，我们每天都为客户织羊毛布料。我们的产品质量很好，价格也合理。',
      };
      const text = (
        samples[encoding] ?? 'Größe und Maß: „Wolle“ für 20 €, die wir täglich über den Hof führen, ist schön weich. '
      ).repeat(8);
      const bytes = iconv.encode(text, encoding, { addBOM: encoding === 'utf-16be' });
      expect((await parse(bytes, 'a.txt')).text).toBe(text);
    },
  );

  it('follows the encoding that a page declares', async () => {
    const page = '<html><head><meta charset="iso-8859-2"></head><body><p>Tkáč a stroj; łódź</p></body></html>';
    expect((await parse(iconv.encode(page, 'iso-8859-2'), 'a.html')).text).toBe('Tkáč a stroj; łódź\n');
  });

  it('converts all line ends to one kind', async () => {
    expect((await parse('\ufeffa\r\nb\rc', 'a.txt')).text).toBe('a\nb\nc');
  });

  it('reads title and metadata of a front matter', async () => {
    expect(await parse('---\ntitle: "Leave"\nowner: people\n---\n# Other\n\nText', 'a.md')).toMatchObject({
      title: 'Leave',
      metadata: { owner: 'people' },
    });
  });
});

describe('the kind', () => {
  it.each([
    ['<!doctype html><p>Hi', 'a.txt', 'text/html'],
    ['# Hi\n\n- a', undefined, 'text/markdown'],
    ['a,b\n1,2\n3,4\n', undefined, 'text/csv'],
    ['{"a": 1}', undefined, 'application/json'],
    ['{"a": 1}\n{"a": 2}\n', undefined, 'application/x-ndjson'],
    ['From: a@b.example\nSubject: Hi\n\nText', 'mail.txt', 'message/rfc822'],
    ['[note] see below', undefined, 'text/plain'],
    ['{ broken', undefined, 'text/plain'],
    ['just words', 'report.pdf', 'text/plain'],
  ])('%j named %s is %s', async (text, name, mediaType) => {
    expect((await parse(text, name)).mediaType).toBe(mediaType);
  });

  it('reads a document under a wrong name', async () => {
    expect((await parse(docx(paragraph('Hello')), 'a.pdf')).text).toContain('Hello');
    expect((await parse(writePdf([[{ text: 'Hello', y: 700 }]]), 'a.docx')).text).toBe('Hello');
  });
});

describe('html', () => {
  it('keeps headings, lists, tables and entities, and leaves scripts and navigation out', async () => {
    const { text, title, spans } = await parse(
      '<html><head><title>Site &amp; more</title><style>p{}</style></head><body><nav>Home</nav><h1>Top</h1><p>Snake_case *stays* for 5 &lt; 6.</p><h2>List</h2><ul><li>one</li><li>two</li></ul><table><tr><th>Floor</th><th>Team</th></tr><tr><td>1</td><td>IT</td></tr></table><script>x()</script><img alt="A loom" src="x.png"></body></html>',
      'a.html',
    );
    expect(title).toBe('Site & more');
    expect(text).toContain('# Top');
    expect(text).toContain('Snake_case *stays* for 5 < 6.');
    expect(text).toMatch(/- one\n- two/);
    expect(text).toMatch(/\| Floor \| Team \|\n\|[ -]+\|[ -]+\|\n\| 1 +\| IT +\|/);
    expect(text).toContain('A loom');
    expect(text).not.toMatch(/Home|x\(\)|p\{\}/);
    expect(spans.at(-1)?.headings).toEqual(['Top', 'List']);
  });
});

describe('pdf', () => {
  const page = (foot: string, lines: readonly string[]) => [
    ...lines.map((text, index) => ({ text, y: 700 - index * 14 })),
    { text: foot, y: 40 },
  ];

  it('finds headings by size, paragraphs by distance, pages, and drops running lines', async () => {
    const { text, title, spans, metadata } = await parse(
      writePdf([
        [
          { text: 'Travel policy', y: 780, size: 20 },
          { text: 'Hotels', y: 740, size: 14, isBold: true },
          ...page('Page 1', ['A room costs at most', '135 euros a night.']),
        ],
        page('Page 2', ['Taxis are paid late at night.']),
      ]),
    );
    expect(text).toBe(
      '# Travel policy\n\n## Hotels\n\nA room costs at most\n135 euros a night.\n\nTaxis are paid late at night.',
    );
    expect(title).toBe('Travel policy');
    expect(metadata).toEqual({ pages: 2 });
    expect(spans.map(({ page: number, headings }) => [number, headings])).toEqual([
      [1, ['Travel policy']],
      [1, ['Travel policy', 'Hotels']],
      [2, ['Travel policy', 'Hotels']],
    ]);
    expect(text.slice(spans[2]!.start, spans[2]!.end)).toBe('Taxis are paid late at night.');
  });

  it('keeps paragraphs apart and uses the title of the file', async () => {
    const lines = [760, 746, 732, 700, 686].map((y, index) => ({ text: `Line ${index} of the text.`, y }));
    expect(await parse(writePdf([lines], 'Real title'))).toMatchObject({
      title: 'Real title',
      text: 'Line 0 of the text.\nLine 1 of the text.\nLine 2 of the text.\n\nLine 3 of the text.\nLine 4 of the text.',
    });
  });
});

describe('docx', () => {
  it('keeps headings, lists and tables', async () => {
    const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
    const file = docx(
      `${paragraph('Leave', 'Heading1')}${paragraph('Twenty days.')}${paragraph('Sick', 'Heading2')}<w:tbl><w:tr>${cell('Days')}${cell('Pay')}</w:tr><w:tr>${cell('30')}${cell('full')}</w:tr></w:tbl>`,
      wordStyles(['heading 1', 'heading 2']),
    );
    const { text, title, spans } = await parse(file);
    expect(title).toBe('Leave');
    expect(text).toMatch(
      /^# Leave\n\nTwenty days\.\n\n## Sick\n\n\| Days \| Pay +\|\n\|[ -]+\|[ -]+\|\n\| 30 +\| full \|/,
    );
    expect(spans.map(({ headings }) => headings)).toEqual([['Leave'], ['Leave', 'Sick']]);
  });
});

describe('docx with a title', () => {
  it('puts its headings below the title', async () => {
    const file = docx(
      `${paragraph('Handbook', 'Title')}${paragraph('Leave', 'Heading1')}${paragraph('Twenty days.')}`,
      wordStyles(['Title', 'heading 1']),
    );
    expect((await parse(file)).text).toBe('# Handbook\n\n## Leave\n\nTwenty days.\n');
  });
});

describe('csv', () => {
  it('writes each row with its column names', async () => {
    const { text, spans, format } = await parse(
      'article;product;price\nW-25;"Wren; folding\nloom";149\nL-40;;1480\n',
      'a.csv',
    );
    expect(format).toBe('rows');
    expect(text).toBe('article: W-25\nproduct: Wren; folding\nloom\nprice: 149\n\narticle: L-40\nprice: 1480');
    expect(spans.map(({ start, end, row }) => [text.slice(start, end), row])).toEqual([
      ['article: W-25\nproduct: Wren; folding\nloom\nprice: 149', 2],
      ['article: L-40\nprice: 1480', 3],
    ]);
  });

  it('names columns by letter when the first row is data, and reads tabs and single columns', async () => {
    expect((await parse('1,2\n3,4\n', 'a.csv')).text).toBe('A: 1\nB: 2\n\nA: 3\nB: 4');
    expect((await parse('name\tage\nAnna\t7\n', 'a.tsv')).text).toBe('name: Anna\nage: 7');
    expect((await parse('sep=|\nname|age\nAnna|7\n', 'a.csv')).text).toBe('name: Anna\nage: 7');
    expect((await parse('1\n2\n', 'a.csv')).text).toBe('1\n\n2');
    expect((await parse('name,age\n', 'a.csv')).text).toBe('name, age');
  });
});

describe('json', () => {
  it('reads records, lists and trees', async () => {
    expect(await parse('{"title":"T","sections":[{"heading":"H","text":"x"}],"year":1}', 'a.json')).toMatchObject({
      title: 'T',
      text: '## H\n\nx',
      format: 'markdown',
      metadata: { year: 1 },
      spans: [{ headings: ['H'] }],
    });
    expect(await parse('[{"name":"a","size":{"w":1}},{"name":"b"}]', 'a.json')).toMatchObject({
      format: 'rows',
      text: 'name: a\nsize.w: 1\n\nname: b',
      spans: [{ row: 1 }, { row: 2 }],
    });
    expect((await parse('{"a":{"b":[1,2]},"c":[{"d":true}],"e":null}', 'a.json')).text).toBe('a.b: 1, 2\nc.1.d: true');
  });

  it('reads very deep trees', async () => {
    const deep = 20_000;
    expect((await parse(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`, 'a.json')).text).toMatch(/^a\.a\..*: 1$/);
  });
});

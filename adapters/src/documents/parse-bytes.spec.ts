import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { docx, epub, paragraph, pptx, shape, xlsx } from '../testing/office-files.js';
import { writePdf } from '../testing/write-pdf.js';
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
  it('takes capitals that stand alone and underlined lines as headings', async () => {
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

  it('believes what a page says of its encoding', async () => {
    const page = '<html><head><meta charset="iso-8859-2"></head><body><p>Tkáč a stroj; łódź</p></body></html>';
    expect((await parse(iconv.encode(page, 'iso-8859-2'), 'a.html')).text).toBe('Tkáč a stroj; łódź\n');
  });

  it('uses one kind of line end', async () => {
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

  it('survives very deep trees', async () => {
    const deep = 20_000;
    expect((await parse(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`, 'a.json')).text).toMatch(/^a\.a\..*: 1$/);
  });
});

describe('xlsx', () => {
  it('reads sheets in order, shared and inline texts, dates, booleans, percentages, and skips hidden sheets', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="dd&quot;d&quot;/mm/yyyy hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="20"/></cellXfs>';
    const first = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>ok</t></is></c></row><row r="4"><c r="A4" s="1"><v>45992</v></c><c r="B4" s="3"><v>0.125</v></c><c r="C4" t="b"><v>1</v></c><c r="E4" s="2"><v>45992.75</v></c><c r="F4" s="4"><v>0.5</v></c><c r="G4"><v>0.30000000000000004</v></c></row>`;
    const file = xlsx(
      {
        Stock: first,
        hidden: '<row><c t="inlineStr"><is><t>secret</t></is></c></row>',
        Notes: '<row r="1"><c r="A1" t="str"><v>free text</v></c></row>',
      },
      { strings: ['<t>day</t>', '<r><t>sha</t></r><r><t>re</t></r><rPh><t>x</t></rPh>'], styles },
    );
    const { text, spans, format } = await parse(file);
    expect(format).toBe('rows');
    expect(text).toBe('day: 2025-12-01\nshare: 12.5%\nok: TRUE\nE: 2025-12-01 18:00\nF: 12:00\nG: 0.3\n\nA: free text');
    expect(spans.map(({ row, headings }) => [row, headings])).toEqual([
      [4, ['Stock']],
      [1, ['Notes']],
    ]);
  });

  it('counts days from 1904 where the workbook does', async () => {
    const styles = '<cellXfs><xf numFmtId="14"/></cellXfs>';
    expect(
      (await parse(xlsx({ S: '<row r="1"><c r="A1" s="0"><v>0</v></c></row>' }, { styles, date1904: true }))).text,
    ).toBe('A: 1904-01-01');
  });

  it('repeats the value of a merged block in each of its rows', async () => {
    const cell = (reference: string, text: string) => `<c r="${reference}" t="str"><v>${text}</v></c>`;
    const rows = `<row r="1">${cell('A1', 'site')}${cell('B1', 'team')}</row><row r="2">${cell('A2', 'Ghent')}${cell('B2', 'IT')}</row><row r="3"><c r="A3"/>${cell('B3', 'design')}</row><row r="4">${cell('B4', 'wood')}</row>`;
    const file = xlsx({
      S: `${rows}</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells><sheetData>`,
    });
    expect((await parse(file)).text).toBe('site: Ghent\nteam: IT\n\nsite: Ghent\nteam: design\n\nteam: wood');
  });

  it('visits only the cells of a sparse sheet', async () => {
    const file = xlsx({ S: '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' });
    expect(await parse(file)).toMatchObject({ text: 'XFD: 1', spans: [{ row: 1_048_576 }] });
  });
});

describe('pptx', () => {
  it('reads slides in their order, with titles, lists, tables and notes', async () => {
    const table =
      '<p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:r><a:t>Site</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>People</a:t></a:r></a:p></a:tc></a:tr><a:tr><a:tc><a:p><a:r><a:t>Ghent</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>118</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:graphicFrame>';
    const file = pptx([
      { shapes: shape('ctrTitle', ['Plan 2026']) + shape('sldNum', ['1']) },
      { shapes: shape('title', ['Sites']) + shape('body', ['Three sites', 'One van']) + table, notes: 'Speak slowly.' },
    ]);
    const { text, spans, title } = await parse(file);
    expect(title).toBe('Plan 2026');
    expect(text).toBe(
      '## Plan 2026\n\n## Sites\n\n- Three sites\n- One van\n\n| Site | People |\n| --- | --- |\n| Ghent | 118 |\n\nNotes: Speak slowly.',
    );
    expect(spans.map(({ page }) => page)).toEqual([1, 2]);
  });
});

describe('epub', () => {
  it('reads chapters in reading order without the table of contents', async () => {
    const { text, title, metadata } = await parse(epub(['<h1>Warp</h1><p>First.</p>', '<p>Second.</p>']));
    expect(title).toBe('The Loom');
    expect(metadata).toEqual({ author: 'M. Oosterlinck', language: 'en' });
    expect(text).toBe('# Warp\n\nFirst.\n\n## Chapter 2\n\nSecond.');
  });
});

describe('eml', () => {
  const mail = (body: string, more = '') =>
    `From: =?utf-8?Q?J=C3=B6rg?= <j@x.example>\r\nTo: Anna <a@x.example>\r\nSubject: Late =?utf-8?B?w6lj?=\r\nDate: Mon, 05 Jan 2026 10:00:00 +0000\r\n${more}\r\n${body}`;

  it('reads sender, subject and text', async () => {
    const { text, title, metadata } = await parse(mail('Hello,\r\n\r\nit is late.'), 'a.eml');
    expect(title).toBe('Late éc');
    expect(text).toMatch(
      /^Subject: Late éc\nFrom: Jörg <j@x\.example>\nTo: Anna <a@x\.example>\nDate: 2026-01-05T10:00:00.*\n\nHello,\n\nit is late\.$/,
    );
    expect(metadata).toMatchObject({ from: 'Jörg <j@x.example>' });
  });

  it('reads html mails and names attachments', async () => {
    const parts = [
      'Content-Type: text/html\r\n\r\n<h2>Invoice</h2><p>Due <b>soon</b></p>',
      'Content-Type: application/pdf; name="bill.pdf"\r\nContent-Disposition: attachment; filename="bill.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=',
    ];
    const { text, metadata } = await parse(
      mail(
        `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--`,
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n',
      ),
      'a.eml',
    );
    expect(text).toContain('## Invoice\n\nDue **soon**');
    expect(metadata).toMatchObject({ attachments: ['bill.pdf'] });
  });
});

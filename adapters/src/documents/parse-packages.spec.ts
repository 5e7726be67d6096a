import { describe, expect, it } from '@jest/globals';
import { epub, pptx, shape, xlsx } from '../testing/files/office-files.js';
import { defaultLimits } from './limits.js';
import { parseBytes } from './parse-bytes.js';

const parse = (content: Uint8Array | string, name?: string) =>
  parseBytes(
    { content: typeof content === 'string' ? Buffer.from(content) : content, ...(name === undefined ? {} : { name }) },
    defaultLimits,
  );

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

  it('counts days from 1904 when the workbook does', async () => {
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

import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { deflated, pageObjects, rawPdf, rawStream, show } from '../testing/files/raw-pdf.js';
import { expandDocument } from './expand-document.js';
import { defaultLimits } from './limits.js';
import { parseBytes } from './parse-bytes.js';

/** The answer to a document: the length of its text, or the code of its refusal. */
async function answerTo(name: string, content: Uint8Array | string): Promise<string> {
  try {
    const { text } = await parseBytes({ name, content }, defaultLimits);
    return text.length > 0 ? 'text' : 'nothing';
  } catch (error) {
    return error instanceof HeddleError ? error.code : String(error);
  }
}

const lists = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
const tree = (depth: number) => ({
  2: '<< /Type /Pages /Count 1 /Kids [10 0 R] >>',
  ...Object.fromEntries(
    Array.from({ length: depth }, (_, index) => [
      10 + index,
      `<< /Type /Pages /Parent ${index === 0 ? 2 : 9 + index} 0 R /Count 1 /Kids [${index === depth - 1 ? 3 : 11 + index} 0 R] >>`,
    ]),
  ),
});
const form = (content: string) =>
  rawStream(content, '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X1 6 0 R >> >>');
const formPage =
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /XObject << /X1 6 0 R >> >> >>';

describe('a hostile document is read or refused with a code', () => {
  const cases: readonly (readonly [string, string, Uint8Array | string, string])[] = [
    [
      'a page that is its own tree',
      'x.pdf',
      rawPdf(pageObjects('', { 2: '<< /Type /Pages /Count 1 /Kids [2 0 R] >>' })),
      'document_(?:empty|damaged)',
    ],
    [
      'a tree of pages of 5,000 levels',
      'x.pdf',
      rawPdf(pageObjects(show('(x)'), tree(5_000))),
      'document_(?:empty|damaged)',
    ],
    ['a tree of pages of 50 levels', 'x.pdf', rawPdf(pageObjects(show('(x)'), tree(50))), 'text'],
    [
      '100,000 pages that are not there',
      'x.pdf',
      rawPdf(pageObjects(show('(x)'), { 2: '<< /Type /Pages /Count 100000 /Kids [3 0 R] >>' })),
      'text',
    ],
    [
      'a form that draws itself',
      'x.pdf',
      rawPdf(pageObjects('/X1 Do', { 3: formPage, 6: form('/X1 Do') })),
      'document_empty',
    ],
    [
      'a content of 100,000 brackets',
      'x.pdf',
      rawPdf(pageObjects(deflated(`${'['.repeat(100_000)} ${show('(x)')}`))),
      'text|document_(?:empty|damaged)',
    ],
    [
      '100,000 saved states',
      'x.pdf',
      rawPdf(pageObjects(deflated(`${'q '.repeat(100_000)} ${show('(x)')}`))),
      'text|document_empty',
    ],
    [
      'a dictionary of 100,000 levels',
      'x.pdf',
      rawPdf(pageObjects(show('(x)'), { 9: `${'<< /A '.repeat(100_000)}1${' >>'.repeat(100_000)}` }), 'none'),
      'text|document_damaged',
    ],
    ['10 MB of brackets', 'x.txt', '['.repeat(10_000_000), 'text'],
    ['1 MB of brackets that say that they are JSON', 'x.json', '['.repeat(1_000_000), 'document_damaged'],
    ['lists of 100,000 levels', 'x.json', lists(100_000), 'text'],
    ['lines of JSON of 100,000 levels', 'x.jsonl', `{"a":1}\n${lists(100_000)}\n`, 'document_damaged'],
    [
      'a record whose facts are nested too deeply',
      'x.json',
      `{"text":"x","facts":${lists(5_000)}}`,
      'value_too_complex',
    ],
    ['names that change what objects are', 'x.json', '{"text":"x","__proto__":{"a":1},"constructor":2}', 'text'],
    ['10 MB of one word', 'x.txt', 'word '.repeat(2_000_000), 'text'],
    ['a word of 10 MB', 'x.md', 'x'.repeat(10_000_000), 'text'],
    ['only combining marks', 'x.txt', '\u0301'.repeat(1_000_000), 'text'],
    ['only signs that are not seen', 'x.txt', '\u200b\u200d\u202e'.repeat(100_000), 'text'],
    ['text from right to left', 'x.txt', '\u05d0\u0627 '.repeat(100_000), 'text'],
    [
      'half characters',
      'x.txt',
      Buffer.from('\ud800\udc00\ud800 x\ud800'.repeat(1_000), 'utf16le'),
      'text|document_type',
    ],
    ['100,000 nested elements', 'x.html', `<html><body>${'<div>'.repeat(100_000)}x`, 'document_damaged'],
    ['30,000 paragraphs that nothing closes', 'x.html', `<html><body>${'<p>x'.repeat(30_000)}`, 'text'],
    ['100,000 openings of a tag', 'x.html', `<html><body>x${'<a '.repeat(100_000)}`, 'text|document_empty'],
    ['100,000 openings of a comment', 'x.html', `<html><body>x${'<!-- '.repeat(100_000)}`, 'text|document_empty'],
    ['a row of 400,000 columns', 'x.csv', `${'1,'.repeat(400_000)}1\n`, 'text'],
    ['200,000 quotes', 'x.csv', '"'.repeat(200_001), 'text|document_(?:empty|damaged|too_large)'],
    ['100,000 headings', 'x.md', '# a\n'.repeat(100_000), 'text'],
    ['100,000 brackets of a link', 'x.md', `# ${'['.repeat(100_000)}\n${'[x]('.repeat(100_000)}`, 'text'],
    [
      'parts in parts of a message',
      'x.eml',
      `From: a@b.c\nSubject: x\n${'Content-Type: multipart/mixed; boundary=b\n\n--b\n'.repeat(1_000)}`,
      'text|document_(?:empty|damaged)',
    ],
  ];

  it.each(cases)(
    '%s',
    async (_what, name, content, expected) => {
      expect(await answerTo(name, content)).toMatch(new RegExp(`^(?:${expected})$`));
    },
    60_000,
  );

  it('changes no prototype, and the next document is read', async () => {
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
    expect(await answerTo('x.pdf', rawPdf(pageObjects(show('(x)'))))).toBe('text');
  });

  it('fails only the record that is nested too deeply', () => {
    const lines = `{"text":"a"}\n{"text":"b","facts":${lists(100_000)}}\n{"text":"c"}\n`;
    const found = [...expandDocument({ id: 'x.jsonl', content: Buffer.from(lines) })];
    expect(found.map(({ content, error }) => error?.code ?? content)).toEqual(['a', 'document_damaged', 'c']);
  });

  it('reads only the first record to recognise the type of a file', () => {
    const timeOf = (bytes: number): number => {
      const content = Buffer.alloc(bytes, '[');
      const before = process.threadCpuUsage().user;
      expect([...expandDocument({ id: 'x', content })]).toHaveLength(1);
      return process.threadCpuUsage().user - before;
    };
    const ofFirstRecord = timeOf(9_000_000);
    // Reading the whole file took ten times as long as reading its first 8 MB.
    expect(timeOf(100_000_000)).toBeLessThan(Math.max(ofFirstRecord, 50_000) * 5);
  });
});

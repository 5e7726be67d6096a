import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ParsedDocument, SplitterOptions } from '@heddle/core';
import { pageObjects, rawPdf, show } from '../../../testing/files/raw-pdf.js';
import { writePdf, type PdfLine } from '../../../testing/files/write-pdf.js';
import { createDocuments } from '../../create-documents.js';
import { defaultLimits } from '../../limits.js';
import { parseBytes } from '../../parse-bytes.js';
import { documentFromIndex } from '../../../collections/reindex/document-from-index.js';
import { LineBoxWriter } from '../line-boxes.js';

const documents = createDocuments();
afterAll(() => documents.close());
const parse = (content: Uint8Array): Promise<ParsedDocument> => parseBytes({ content, name: 'a.pdf' }, defaultLimits);
const linesOf = ({ boxes }: ParsedDocument): readonly number[][] =>
  Array.from({ length: (boxes?.lines.length ?? 0) / 6 }, (_, at) => [
    ...(boxes?.lines.subarray(at * 6, at * 6 + 6) ?? []),
  ]);

const word = (seed: number): string => ['orchard', 'lantern', 'copper', 'meadow', 'signal', 'harbour'][seed % 6] ?? '';
/** A line that fills a column and begins with a name. */
const filled = (name: string): string => `${name} ${word(name.length + name.charCodeAt(2))} and the ${word(3)} go on.`;

/** Lines of columns in the order of a file that goes row by row. */
const rowsOf = (columns: readonly string[], from: number, count: number, width: number): readonly PdfLine[] =>
  Array.from({ length: count }, (_, row) =>
    columns.map((name, at) => ({
      text: filled(`${name}${row + 1}`),
      y: from - row * 13 - at,
      x: 50 + at * width,
      size: 9,
    })),
  ).flat();
const names = (text: string): readonly string[] => text.match(/\b[A-Z]\d+\b/g) ?? [];
const numbered = (name: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `${name}${from + at}`);

describe('columns', () => {
  it('are read one after the other when the file goes row by row', async () => {
    const { text } = await parse(writePdf([rowsOf(['L', 'R'], 760, 20, 250)]));

    expect(names(text)).toEqual([...numbered('L', 1, 20), ...numbered('R', 1, 20)]);
  });

  it('are read one after the other when there are three', async () => {
    const { text } = await parse(writePdf([rowsOf(['L', 'M', 'R'], 760, 20, 172)]));

    expect(names(text)).toEqual([...numbered('L', 1, 20), ...numbered('M', 1, 20), ...numbered('R', 1, 20)]);
  });

  it('are divided by a title and by a table, whose rows stay together', async () => {
    const title = { text: 'A title that stands over both of the columns', y: 800, x: 60, size: 18 };
    const caption = { text: 'Table 1. What a table over both columns says', y: 590, size: 8 };
    const table = [0, 1, 2].flatMap((row) =>
      [0, 1, 2, 3].map((at) => ({ text: `C${row}${at}`, y: 570 - row * 12, x: 60 + at * 130, size: 9 })),
    );
    const { text } = await parse(
      writePdf([[title, ...rowsOf(['L', 'R'], 760, 10, 250), caption, ...table, ...rowsOf(['S', 'T'], 500, 10, 250)]]),
    );

    expect(names(text)).toEqual([
      ...[...numbered('L', 1, 10), ...numbered('R', 1, 10)],
      ...['C00', 'C01', 'C02', 'C03', 'C10', 'C11', 'C12', 'C13', 'C20', 'C21', 'C22', 'C23'],
      ...[...numbered('S', 1, 10), ...numbered('T', 1, 10)],
    ]);
    expect(text).toMatch(/^# A title/);
    expect(text).toContain('\n\nTable 1. What a table over both columns says\n\n');
    expect(text).toContain('C00 C01 C02 C03');
  });

  it('keep a word that is divided at the end of a line whole, and a table of short cells unchanged', async () => {
    const columns = rowsOf(['L', 'R'], 760, 12, 250).map((line) =>
      line.text.startsWith('L4') ? { ...line, text: 'L4 orchard and the harbour have a lan-' } : line,
    );
    const divided = columns.map((line) => (line.text.startsWith('L5') ? { ...line, text: `tern L5 and so on` } : line));
    const table = [0, 1, 2, 3, 4, 5].flatMap((row) => [
      { text: `Key ${row}`, y: 700 - row * 14 },
      { text: `Value ${row}`, y: 700 - row * 14, x: 300 },
    ]);

    expect((await parse(writePdf([divided]))).text).toContain('have a lantern L5');
    expect((await parse(writePdf([table]))).text).toContain('Key 1 Value 1\nKey 2 Value 2');
  });

  it('put their footnotes after the text of the page', async () => {
    const note = { text: '1 Z1 is a note below the first column', y: 480, x: 50, size: 7 };
    const { text } = await parse(writePdf([[...rowsOf(['L', 'R'], 760, 20, 250), note]]));

    expect(names(text)).toEqual([...numbered('L', 1, 20), ...numbered('R', 1, 20), 'Z1']);
    expect(text).toContain('\n\n1 Z1 is a note');
  });

  it('drop lines that repeat at the top of even and odd pages, but not their first occurrence', async () => {
    const pages = [1, 2, 3, 4, 5, 6].map((page) => [
      { text: page % 2 === 0 ? 'Weavers and others' : 'On the making of cloth', y: 810, x: 200, size: 8 },
      ...rowsOf(
        [`A`, `B`].map((name) => `${name}${page}`),
        760,
        14,
        250,
      ),
      { text: String(page), y: 30, x: 290, size: 8 },
    ]);
    const { text } = await parse(writePdf(pages));

    expect(text.match(/Weavers and others/g)).toHaveLength(1);
    expect(text.match(/On the making of cloth/g)).toHaveLength(1);
    expect(text).not.toMatch(/^\d$/m);
  });
});

it('a page of thousands of scattered pieces is read completely within a time limit', async () => {
  let seed = 7;
  const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
  const scattered = Array.from({ length: 2_900 }, (_, at) => ({
    text: `P${at} ${'x'.repeat(random(20))}`,
    x: random(560),
    y: random(820),
    size: 6,
  }));
  const since = performance.now();
  const { text } = await parse(writePdf([scattered]));

  expect(new Set(names(text)).size).toBe(2_900);
  expect(performance.now() - since).toBeLessThan(20_000);
});

describe('boxes of lines', () => {
  const page = (entries: string) =>
    rawPdf(
      pageObjects(show('(Hello world)', 700), {
        3: `<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> ${entries} >>`,
      }),
    );

  it.each([
    ['as written', '/MediaBox [0 0 595 842]', [595, 842], [72, 133, 131, 142]],
    ['on a page that shows a part', '/MediaBox [0 0 595 842] /CropBox [50 600 350 800]', [300, 200], [22, 91, 81, 100]],
    ['on a page that begins elsewhere', '/MediaBox [-100 -100 495 742]', [595, 842], [172, 33, 231, 42]],
    ['on a page that is turned', '/MediaBox [0 0 595 842] /Rotate 90', [842, 595], [700, 72, 709, 131]],
  ])('are those of the page as shown: %s', async (_, entries, size, [left = 0, top = 0, right = 0, bottom = 0]) => {
    const { boxes } = await parse(page(entries));
    const found = [...(boxes?.lines ?? [])].slice(2).map((value) => value / 10);

    expect(boxes?.pages).toEqual([size]);
    for (const [at, value] of [left, top, right, bottom].entries())
      expect(Math.abs((found[at] ?? 0) - value)).toBeLessThan(3);
  });

  it.each([
    ['no width', '/MediaBox [0 0 0 842]'],
    ['a wrong size', '/MediaBox [0 0 1e30 1e30]'],
    ['no text within it', '/MediaBox [0 0 40 40]'],
  ])('stay on their page or are left out when it has %s', async (_, entries) => {
    const parsed = await parse(page(entries)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: expect.stringMatching(/^document_/) });
      return undefined;
    });
    if (parsed === undefined) return;
    for (const [, number = 1, left = 0, top = 0, right = 0, bottom = 0] of linesOf(parsed)) {
      const [width = 0, height = 0] = parsed.boxes?.pages[number - 1] ?? [];
      expect([left >= 0, top >= 0, right <= width * 10, bottom <= height * 10]).toEqual([true, true, true, true]);
    }
  });

  it('are returned with passages through the child process', async () => {
    const source = writePdf([
      rowsOf(['L', 'R'], 760, 20, 250),
      [{ text: 'Z1 stands on the second page.', y: 700, size: 9 }],
    ]);
    const parsed = await documents.parse(source, { name: 'a.pdf' });
    const options: SplitterOptions = { kind: 'markdown', maxTokens: 1_000, overlapTokens: 0 };
    const words = (text: string): [number, number][] =>
      [...text.matchAll(/\S+/g)].map(({ index, 0: found }) => [index, index + found.length]);
    const chunks = documents.split(parsed, options, {
      id: 'words',
      count: (text) => words(text).length,
      offsets: words,
    });

    expect(chunks).toHaveLength(1);
    const [first, second] = chunks[0]?.place.boxes ?? [];
    expect(first).toMatchObject({ page: 1, width: 595, height: 842, unit: 'pt' });
    expect(first?.lines).toHaveLength(40);
    expect(second?.lines.map((line) => chunks[0]?.text.slice(line[4]))).toEqual(['Z1 stands on the second page.']);
    for (const [left, , right, , offset] of first?.lines ?? []) {
      const isLeft = chunks[0]?.text.startsWith('L', offset);
      expect(isLeft ? right < 300 : left > 290).toBe(true);
    }
  });

  it('stay the same in a document that is made from its passages', async () => {
    const parsed = await parse(writePdf([rowsOf(['L', 'R'], 760, 20, 250)]));
    const options: SplitterOptions = { kind: 'markdown', maxTokens: 60, overlapTokens: 10 };
    const words = (text: string): [number, number][] =>
      [...text.matchAll(/\S+/g)].map(({ index, 0: found }) => [index, index + found.length]);
    const tokenizer = { id: 'words', count: (text: string) => words(text).length, offsets: words };
    const passages = documents
      .split(parsed, options, tokenizer)
      .map(({ text, place }, at) => ({ id: `a#${at}`, document: 'a', text, place }));
    const info = { id: 'a', title: 'a', mediaType: 'application/pdf', hash: '', size: 1, passages: 1, updatedAt: 0 };
    const again = documentFromIndex(info, passages).parsed;
    const shown = (document: ParsedDocument): readonly string[] =>
      linesOf(document).map(([offset = 0, ...box]) => `${document.text.slice(offset, offset + 3)} ${box.join(' ')}`);

    expect(passages.length).toBeGreaterThan(3);
    expect(again === undefined ? [] : shown(again)).toEqual(shown(parsed));
  });

  it('are returned with text that is recognised in a picture and in a scan', async () => {
    for (const [name, unit] of [
      ['scan.png', 'px'],
      ['scan.pdf', 'pt'],
    ] as const) {
      const content = readFileSync(new URL(`../../__fixtures__/office/${name}`, import.meta.url));
      const { text, boxes } = await documents.parse(content, { name });
      const [offset = 0, page, left = 0, top = 0, right = 0, bottom = 0] = boxes?.lines ?? [];

      expect(boxes?.unit).toBe(unit);
      expect(text.slice(offset)).toMatch(/^Invoice/);
      expect(page).toBe(1);
      expect(right - left).toBeGreaterThan((bottom - top) * 3);
    }
  }, 60_000);

  it('are bounded, and invalid ones are left out', () => {
    const writer = new LineBoxWriter('pt');
    writer.addPage(100, 100);
    const box = { left: 10, top: 10, right: 20, bottom: 20 };
    writer.addLine(0, { ...box, right: Number.NaN });
    writer.addLine(0, { ...box, left: 500, right: 600 });
    writer.addLine(0, { ...box, left: -50, right: 5_000 });
    for (let line = 1; line <= 1_000_000; line += 1) writer.addLine(line, box);
    writer.addPage(Infinity, 10);
    writer.addLine(2_000_000, box);

    expect(writer.boxes()?.lines).toHaveLength(500_000 * 6);
    expect([...(writer.boxes()?.lines.slice(0, 6) ?? [])]).toEqual([0, 1, 0, 100, 1_000, 200]);
  });
});

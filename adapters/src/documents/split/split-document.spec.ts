import { describe, expect, it } from '@jest/globals';
import type { ParsedDocument, SplitterOptions } from '@heddle/core';
import { createFakeTokenizer } from '@heddle/core/testing';
import { wordTokenizer } from '../../testing/word-tokenizer.js';
import { splitDocument } from './split-document.js';

const tokenizer = wordTokenizer();
const markdown = (text: string, rest: Partial<ParsedDocument> = {}): ParsedDocument => ({
  mediaType: 'text/markdown',
  text,
  format: 'markdown',
  spans: [],
  ...rest,
});
const options = (rest: Partial<SplitterOptions> = {}): SplitterOptions => ({
  kind: 'markdown',
  maxTokens: 40,
  overlapTokens: 0,
  ...rest,
});
const split = (document: ParsedDocument, rest?: Partial<SplitterOptions>) => [
  ...splitDocument(document, options(rest), tokenizer),
];
const words = (count: number, word = 'wool') =>
  Array.from({ length: count }, (_, index) => `${word}${index}`).join(' ');

describe('markdown splitter', () => {
  it('makes each section a passage of its own and keeps the heading path', () => {
    const chunks = split(
      markdown('Intro.\n\n# Care\n\nWash cold.\n\n## Silk\n\nNever.\n\n# Returns\n\nThirty days.\n'),
    );
    expect(chunks.map((chunk) => [chunk.text, chunk.place.headings, chunk.place.line])).toEqual([
      ['Intro.', undefined, 1],
      ['# Care\n\nWash cold.', ['Care'], 3],
      ['## Silk\n\nNever.', ['Care', 'Silk'], 7],
      ['# Returns\n\nThirty days.', ['Returns'], 11],
    ]);
  });

  it('joins a heading without text to its first child', () => {
    const chunks = split(markdown('# Handbook\n\n## Hours\n\nNine to five.\n\n## Empty\n\n## Pay\n\nMonthly.'));
    expect(chunks.map((chunk) => chunk.text)).toEqual([
      '# Handbook\n\n## Hours\n\nNine to five.',
      '## Empty',
      '## Pay\n\nMonthly.',
    ]);
    expect(chunks[0]?.place.headings).toEqual(['Handbook', 'Hours']);
  });

  it('reads no heading from a code fence or a front matter', () => {
    const chunks = split(markdown('---\ntitle: x\n---\n# Real\n\n```sh\n# not a heading\n```\n'));
    expect(chunks).toHaveLength(1);
    expect(chunks[0]?.text).toBe('# Real\n\n```sh\n# not a heading\n```');
  });

  it('reads underlined headings', () => {
    const chunks = split(markdown('Care\n====\n\nWash.\n\nSilk\n----\n\nNever.'));
    expect(chunks.map((chunk) => chunk.place.headings)).toEqual([['Care'], ['Care', 'Silk']]);
  });

  it('keeps a table whole when it fits, and cuts it between rows when it does not', () => {
    const table = (rows: number) =>
      ['| a | b |', '| - | - |', ...Array.from({ length: rows }, (_, row) => `| r${row} | v${row} |`)].join('\n');
    const whole = split(markdown(`# T\n\n${words(30)}\n\n${table(3)}`));
    expect(whole.map((chunk) => chunk.text)).toEqual([`# T\n\n${words(30)}`, table(3)]);
    const cut = split(markdown(table(30)));
    expect(cut.length).toBeGreaterThan(2);
    for (const chunk of cut)
      expect(chunk.text.split('\n').every((line) => line.startsWith('|') && line.endsWith('|'))).toBe(true);
  });

  it('never leaves a heading alone before a long block', () => {
    const [first] = split(markdown(`# Title\n\n${words(20)}. ${words(19)}.`));
    expect(first?.text).toContain('wool0');
  });

  it('balances a section that is slightly too long', () => {
    const text = Array.from({ length: 9 }, (_, index) => `Sentence ${index} has five words.`).join(' ');
    const sizes = split(markdown(text)).map((chunk) => chunk.tokens);
    expect(sizes).toHaveLength(2);
    expect(Math.min(...sizes)).toBeGreaterThan(20);
  });

  it('repeats the last words as overlap, only inside a section', () => {
    const text = Array.from({ length: 12 }, (_, index) => `Sentence ${index} has five words.`).join(' ');
    const chunks = split(markdown(`# A\n\n${text}\n\n# B\n\nShort.`), { overlapTokens: 6 });
    expect(chunks[1]!.place.start!).toBeLessThan(chunks[0]!.place.end!);
    expect(chunks.at(-1)?.text).toBe('# B\n\nShort.');
  });
});

describe('other splitters', () => {
  it('make one passage of each row, with the row number and the sheet', () => {
    const text = 'name: a\n\nname: b\n\nname: c';
    const spans = [
      { start: 0, end: 7, row: 2, headings: ['S1'] },
      { start: 9, end: 16, row: 3, headings: ['S1'] },
      { start: 18, end: 25, row: 2, headings: ['S2'] },
    ];
    const document: ParsedDocument = { mediaType: 'text/csv', format: 'rows', text, spans };
    expect(split(document, { kind: 'row' }).map((chunk) => [chunk.text, chunk.place.row])).toEqual([
      ['name: a', 2],
      ['name: b', 3],
      ['name: c', 2],
    ]);
    expect(split(document).map((chunk) => [chunk.text, chunk.place.row, chunk.place.headings])).toEqual([
      ['name: a\n\nname: b', 2, ['S1']],
      ['name: c', 2, ['S2']],
    ]);
  });

  it('keep sentences whole across line breaks', () => {
    const chunks = split(markdown('One two three\nfour five. Six seven.', { format: 'text' }), {
      kind: 'sentence',
      maxTokens: 16,
    });
    expect(chunks.map((chunk) => chunk.text)).toEqual(['One two three\nfour five. Six seven.']);
    expect(
      split(markdown(`${words(12)}\n${words(3)}. ${words(10)}.`), { kind: 'sentence', maxTokens: 16 }).map(
        (chunk) => chunk.text,
      ),
    ).toEqual([`${words(12)}\n${words(3)}.`, `${words(10)}.`]);
  });

  it('find the page of each passage', () => {
    const text = `${words(30)}.\n\n${words(30)}.`;
    const second = text.indexOf('\n\n') + 2;
    const document = markdown(text, {
      format: 'text',
      spans: [
        { start: 0, end: second, page: 1 },
        { start: second, end: text.length, page: 2 },
      ],
    });
    expect(split(document).map((chunk) => chunk.place.page)).toEqual([1, 2]);
  });
});

describe('every splitter', () => {
  const alphabet = [
    'wool ',
    'flax. ',
    '\n',
    '\n\n',
    '# H\n',
    '## K\n\n',
    '| a | b |\n',
    '```\n',
    '- item\n',
    'Ünï ',
    '😀',
    'x'.repeat(90),
    ' ',
    '日本語。',
    '---\n',
    '===\n',
  ];
  const random = (seed: number) => () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;

  it.each(['recursive', 'markdown', 'sentence', 'fixed', 'row'] as const)(
    '%s: chunks are slices, small enough, in order, and lose no word',
    (kind) => {
      for (let seed = 1; seed <= 100; seed += 1) {
        const next = random(seed);
        const text = Array.from(
          { length: 5 + Math.floor(next() * 200) },
          () => alphabet[Math.floor(next() * alphabet.length)],
        ).join('');
        const document = markdown(text, { format: seed % 3 === 0 ? 'text' : 'markdown' });
        const chunks = split(document, { kind, maxTokens: 16 + (seed % 30), overlapTokens: seed % 8 });
        const covered = new Uint8Array(text.length);
        let before = -1;
        for (const chunk of chunks) {
          const { start, end } = chunk.place;
          expect(chunk.text).toBe(text.slice(start, end));
          expect(chunk.tokens).toBeLessThanOrEqual(16 + (seed % 30));
          expect(chunk.tokens).toBe(tokenizer.count(chunk.text));
          expect(start).toBeGreaterThan(before);
          expect(chunk.text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
          expect(chunk.place.line).toBe(text.slice(0, start).split('\n').length);
          before = start!;
          covered.fill(1, start, end);
        }
        const lost = Array.from(covered, (isCovered, index) =>
          isCovered === 0 ? text.charAt(index).trim() : '',
        ).filter((character) => character !== '');
        const isFrontMatter = document.format === 'markdown' && text.startsWith('---\n') && kind === 'markdown';
        if (!isFrontMatter) expect(lost).toEqual([]);
      }
    },
  );

  it.each(['recursive', 'markdown', 'sentence', 'fixed', 'row'] as const)(
    '%s: splits 5 MB in linear time, even without a single space',
    (kind) => {
      const time = (text: string) => {
        // CPU time, not wall time: other processes run beside the test.
        const start = process.cpuUsage();
        const chunks = [
          ...splitDocument(markdown(text), options({ kind, maxTokens: 200, overlapTokens: 20 }), createFakeTokenizer()),
        ];
        expect(chunks.filter((chunk) => chunk.text.length > 200 * 16)).toEqual([]);
        return process.cpuUsage(start).user / 1000;
      };
      const prose = `${words(14)}. `.repeat(60_000).slice(0, kind === 'markdown' ? 5_000_000 : 1_000_000);
      expect(time(prose)).toBeLessThan(5_000);
      expect(time('x'.repeat(1_000_000))).toBeLessThan(5_000);
      expect(time('# h\n'.repeat(50_000))).toBeLessThan(5_000);
    },
    120_000,
  );
});

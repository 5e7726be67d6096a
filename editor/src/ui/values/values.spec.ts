import { describe, expect, it } from '@jest/globals';
import { completeJson } from './read/complete-json.js';
import { decodeEntities } from '../markdown/decode-entities.js';
import { describeVector } from './read/describe-vector.js';
import { highlightParts } from './read/highlight-parts.js';
import { isLikelyMarkdown } from '../markdown/is-likely-markdown.js';
import { safeLink } from '../markdown/safe-link.js';
import { cellText, tableColumns } from './read/table-columns.js';
import { entrySummary, firstEntries } from './read/tree-entries.js';
import { kindOf } from './read/value-kind.js';
import { viewsOf } from './read/views-of.js';
import { visibleText } from '../markdown/visible-text.js';

const passage = { id: 'p', document: 'd', text: 'One two three.', score: 0.5, scores: { dense: 0.4, lexical: 3 } };
const file = { id: 'sha256:00', name: 'a.png', mediaType: 'image/png', size: 3 };

describe('the kind of a value', () => {
  it('is recognised by its shape', () => {
    const values = [
      'text',
      3,
      false,
      [passage],
      [{ role: 'user', content: 'Hi' }],
      file,
      [file],
      [{ a: 1 }, { b: 2 }],
      { a: 1 },
      [1, 'x'],
      [],
      '',
    ];
    expect(values.map((value) => kindOf(value).kind)).toEqual([
      'text',
      'scalar',
      'scalar',
      'passages',
      'messages',
      'files',
      'files',
      'table',
      'tree',
      'tree',
      'empty',
      'empty',
    ]);
  });

  it('takes numbers for a vector when the port says so or there are many', () => {
    expect(kindOf([1, 2, 3]).kind).toBe('tree');
    expect(kindOf([1, 2, 3], 'Vector')).toEqual({ kind: 'vectors', vectors: [[1, 2, 3]] });
    expect(kindOf(Array.from({ length: 384 }, () => 0.1)).kind).toBe('vectors');
    expect(
      kindOf(
        [
          [1, 2],
          [3, 4],
        ],
        'Vector[]',
      ),
    ).toEqual({
      kind: 'vectors',
      vectors: [
        [1, 2],
        [3, 4],
      ],
    });
  });

  it('does not take a list for passages when one entry is no passage', () => {
    expect(kindOf([passage, { id: 'x' }]).kind).toBe('table');
  });

  it('offers the most useful view first', () => {
    expect(viewsOf(kindOf('# Title\n\n- one')).map(({ name }) => name)).toEqual(['markdown', 'text']);
    expect(viewsOf(kindOf('just words')).map(({ name }) => name)).toEqual(['text', 'markdown']);
    expect(viewsOf(kindOf([{ a: 1 }])).map(({ name }) => name)).toEqual(['table', 'tree', 'json']);
  });
});

/** Whether a value is the beginning of another one: it may lack the end of a text, and the last entries of lists and objects. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') return typeof whole === 'string' && whole.startsWith(part);
  if (typeof part !== 'object' || part === null) return part === whole;
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false;
  const entries = Object.entries(whole);
  return Object.entries(part).every(([key, value], at) => entries[at]?.[0] === key && isPartOf(value, entries[at][1]));
}

describe('a cut JSON text', () => {
  it('gives the complete entries', () => {
    expect(completeJson('{"value":[{"a":1},{"a":2},{"a"')).toEqual({ value: [{ a: 1 }, { a: 2 }] });
    expect(completeJson('{"value":{"a":[1,2,3,4')).toEqual({ value: { a: [1, 2, 3] } });
  });

  it('keeps the beginning of a text, without half an escape', () => {
    expect(completeJson('{"label":{},"value":"long te')).toEqual({ label: {}, value: 'long te' });
    expect(completeJson('{"value":"a\\u20')).toEqual({ value: 'a' });
    expect(completeJson('{"value":"a\\')).toEqual({ value: 'a' });
  });

  it('is not misled by brackets and quotes inside texts, nor by a cut key', () => {
    expect(completeJson('{"a":"]}\\"","b":[1,')).toEqual({ a: ']}"', b: [1] });
    expect(completeJson('{"a":1,"bcd')).toEqual({ a: 1 });
    expect(completeJson('nothing')).toBeUndefined();
  });

  it('reads every cut of a document as a part of it', () => {
    const whole = JSON.stringify({
      label: { level: 'internal', marks: [] },
      value: [{ a: 'x"\\', b: [1, { c: null }], d: '\u0001', e: -1200, f: true }, 'last'],
    });
    const value: unknown = JSON.parse(whole);
    for (let length = 1; length <= whole.length; length += 1) {
      const part = completeJson(whole.slice(0, length));
      expect([part, isPartOf(part, value)]).toEqual([part, true]);
    }
    expect(completeJson(whole)).toEqual(value);
  });
});

describe('hostile text', () => {
  it('shows direction marks by their code points, and control characters as pictures', () => {
    expect(visibleText('pay \u202Ecod.exe\u2066')).toBe('pay ⟨U+202E⟩cod.exe⟨U+2066⟩');
    expect(visibleText('a\u0000b\u001b[31m\tc\n')).toBe('a\u2400b\u241b[31m\tc\n');
    expect(visibleText('שלום, עולם')).toBe('שלום, עולם');
  });

  it('follows links to the web and mail only', () => {
    for (const address of [
      'javascript:alert(1)',
      ' JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      '/api/runs',
      '//evil.example',
      'blob:https://a/b',
    ])
      expect(safeLink(address)).toBeUndefined();
    expect(safeLink('https://example.org/a b')).toBe('https://example.org/a%20b');
    expect(safeLink('mailto:a@example.org')).toBe('mailto:a@example.org');
  });

  it('decodes entities once', () => {
    expect(decodeEntities('&amp;lt; &#x41;&#66; &unknown; &#0; &#xD800;')).toBe('&lt; AB &unknown; &#0; &#xD800;');
  });
});

describe('parts of values', () => {
  it('marks quotes at their offsets, joins overlapping ones, and searches for one that moved', () => {
    expect(
      highlightParts('One two three.', [
        { quoteStart: 4, quoteEnd: 7, quote: 'two' },
        { quoteStart: 6, quoteEnd: 13, quote: 'o three' },
      ]),
    ).toEqual([
      { text: 'One ', isMarked: false },
      { text: 'two three', isMarked: true },
      { text: '.', isMarked: false },
    ]);
    expect(highlightParts('One two', [{ quoteStart: 0, quoteEnd: 3, quote: 'two' }]).at(-1)).toEqual({
      text: 'two',
      isMarked: true,
    });
    expect(highlightParts('One two', [{ quoteStart: 0, quoteEnd: 3, quote: 'six' }])).toEqual([
      { text: 'One two', isMarked: false },
    ]);
  });

  it('derives columns from the rows, and shortens cells', () => {
    expect(tableColumns([{ a: 1 }, { b: 2, a: 3 }])).toEqual({ columns: ['a', 'b'], left: 0 });
    expect(tableColumns([Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`c${index}`, 1]))]).left).toBe(
      10,
    );
    expect(cellText('x'.repeat(1000))).toHaveLength(301);
    expect(cellText({ a: [1] })).toBe('{"a":[1]}');
    expect(cellText(null)).toBe('');
  });

  it('summarises entries and takes a page of them', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => index);
    expect(firstEntries(many, 100)).toHaveLength(100);
    expect(entrySummary(many)).toBe('[10,000 entries]');
    expect(entrySummary({ a: 1, b: 2, c: 3, d: 4, e: 5 })).toBe('{ a, b, c, d, … }');
  });

  it('describes a vector in one line', () => {
    expect(describeVector([0.6, 0.8])).toEqual({ dimensions: 2, length: '1.000', head: '0.6000, 0.8000' });
  });

  it('distinguishes Markdown from plain text', () => {
    expect(isLikelyMarkdown('Two **bold** words')).toBe(true);
    expect(isLikelyMarkdown('2 * 3 is six - or so.')).toBe(false);
  });
});

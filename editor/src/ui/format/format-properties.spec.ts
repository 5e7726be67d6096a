import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { durationText, readDuration } from './duration-field.js';
import { formatBytes } from './format-bytes.js';
import { formatCost } from './format-cost.js';
import { formatDuration } from './format-duration.js';
import { formatCount, formatMoney, formatSums } from './format-money.js';
import { formatScore } from './format-score.js';
import { formatTimeOfDay } from './format-time-of-day.js';
import { formatAgo } from './format-time.js';
import { initialsOf } from './initials.js';
import { previewValue } from './preview-value.js';
import { textOf } from './text-of.js';
import { stablePieces } from './stable-pieces.js';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1e-12, 0.5, 999.949, 999.95, 59_949, 59_950, 3_599_999, Number.MAX_SAFE_INTEGER),
);
const amount = number.map(Math.abs).filter((value) => value < 1e15);

describe('every format', () => {
  it.each<[string, (value: number) => string]>([
    ['bytes', formatBytes],
    ['a cost', formatCost],
    ['a duration', formatDuration],
    ['a count', formatCount],
    ['a score', formatScore],
    ['money', (value) => formatMoney(value, 'USD')],
    ['a duration in a field', durationText],
  ])('of %s gives a short text for any amount, never with NaN or undefined in it', (_what, format) => {
    fc.assert(
      fc.property(amount, (value) => {
        const text = format(value);
        expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
        expect(text.length).toBeGreaterThan(0);
        expect(text.length).toBeLessThan(40);
      }),
    );
  });

  it.each([
    ['bytes', formatBytes, 0, '0 B'],
    ['bytes just below a unit', formatBytes, 999, '999 B'],
    ['bytes that round up to a unit', formatBytes, 999_999, '1.0 MB'],
    ['huge bytes', formatBytes, 5e18, '5000000 TB'],
    ['no cost', formatCost, 0, 'no cost'],
    ['a tiny cost', formatCost, 0.00001, 'under $0.0001'],
    ['a small cost', formatCost, 0.0042, '$0.0042'],
    ['a cost', formatCost, 12.345, '$12.35'],
    ['no time', formatDuration, 0, '0 ms'],
    ['a minute, almost', formatDuration, 59_949, '59.9 s'],
    ['a minute by rounding', formatDuration, 59_950, '1 min'],
    ['an hour by rounding', formatDuration, 3_599_600, '1 h'],
    ['days', formatDuration, 90_000_000, '25 h'],
    ['a count below a thousand', formatCount, 999.96, '1000'],
    ['a count', formatCount, 12_400, '12.4K'],
    ['a low score', formatScore, 0.03234, '0.0323'],
    ['a score of nothing', formatScore, 0, '0.00'],
    ['a negative score', formatScore, -0.5, '-0.50'],
  ])('of %s is exact', (_what, format, value, text) => {
    expect(format(value)).toBe(text);
  });
});

describe('money', () => {
  it.each([
    [0, 'USD', '$0.00'],
    [0.0042, 'USD', '$0.0042'],
    [0.125, 'EUR', '€0.125'],
    [1234.5, 'USD', '$1,234.50'],
    [5, 'XXQ', 'XXQ 5.00'],
    [5, 'points', '5.00 points'],
  ])('of %p %s reads %s', (value, currency, text) => {
    expect(formatMoney(value, currency).replace(/\u00A0/g, ' ')).toBe(text);
  });

  it('of several currencies is never added up, and a currency without cost is left out', () => {
    expect(formatSums({})).toBe('no cost');
    expect(formatSums({ USD: 0 })).toBe('no cost');
    expect(formatSums({ USD: 1, EUR: 0, GBP: 2 })).toBe('$1.00 + £2.00');
  });

  it('of any currency code is a text', () => {
    fc.assert(fc.property(amount, fc.string(), (value, currency) => formatMoney(value, currency).length > 0));
  });
});

describe('a duration in a field', () => {
  it('reads back as the same milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e10 }), (ms) => {
        expect(readDuration(durationText(ms))).toBe(ms);
      }),
    );
  });

  it('is undefined or a whole, never negative number for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9., smhin]{0,12}$/)), (text) => {
        const read = readDuration(text);
        if (read !== undefined) expect([Number.isInteger(read), read >= 0]).toEqual([true, true]);
      }),
    );
  });
});

describe('a time', () => {
  const now = Date.parse('2026-06-15T12:00:00Z');
  it.each([
    [0, 'just now'],
    [-5_000, 'just now'],
    [59_999, 'just now'],
    [60_000, '1 min ago'],
    [3_599_999, '59 min ago'],
    [3_600_000, '1 h ago'],
    [86_399_999, '23 h ago'],
    [86_400_000, '1 d ago'],
    [6.9 * 86_400_000, '6 d ago'],
  ])('%p ms before now is %s', (passed, expected) => {
    expect(formatAgo(now - passed, now)).toBe(expected);
  });

  it('a week ago and more is a date with its year', () => {
    expect(formatAgo(now - 8 * 86_400_000, now)).toContain('2026');
  });

  it('of day has the same width for every time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
        expect(formatTimeOfDay(time)).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
      }),
    );
  });
});

describe('initials', () => {
  it.each([
    ['Web shop', 'WS'],
    ['orders', 'OR'],
    ['a', 'A'],
    ['', '?'],
    ['   ', '?'],
    ['--- ...', '?'],
    ['my_great-project.v2', 'MG'],
    ['مرحبا عالم', 'مع'],
    ['🧶 yarn', '🧶Y'],
    ['e\u0301tude', 'E\u0301T'],
    ['<script>', '<S'],
  ])('of “%s” are “%s”', (name, letters) => {
    expect(initialsOf(name)).toBe(letters);
  });

  it('of any name are the capitals of one or two characters', () => {
    const segmenter = new Intl.Segmenter();
    const charactersOf = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);
    const unit = fc.oneof(
      fc.constantFrom('ﬃ', 'ß', ' ', '-'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (name) => {
        // A character can have several capitals: those of ﬃ are FFI.
        const characters = name.split(/[\s_./-]+/).flatMap(charactersOf);
        const pairs = characters.flatMap((one, at) => characters.slice(at + 1).map((other) => one + other));
        const capitals = ['?', ...characters, ...pairs].map((text) => text.toLocaleUpperCase());
        expect(capitals).toContain(initialsOf(name));
      }),
    );
  });
});

describe('the preview of a value', () => {
  const label = { level: 'internal', marks: [] } as const;

  it('of any value is a text of at most 2,000 characters, or passages', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('Text', 'Json', 'Passages', 'Messages', undefined), (value, type) => {
        const preview = previewValue({ value, label: { ...label, marks: [] } }, type);
        if (preview.kind === 'text') expect(preview.text.length).toBeLessThanOrEqual(2000);
        else expect(preview.passages.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('of a value that is not loaded is the part that was sent, or empty', () => {
    expect(previewValue({ preview: 'The beg', label: { ...label, marks: [] } }, 'Text')).toEqual({
      kind: 'text',
      text: 'The beg',
    });
    expect(previewValue({ label: { ...label, marks: [] } }, 'Text')).toEqual({ kind: 'text', text: '' });
    expect(
      previewValue({ preview: '[{"document":"a \\"b\\""},{"docum', label: { ...label, marks: [] } }, 'Passages'),
    ).toMatchObject({
      kind: 'passages',
      count: 1,
    });
  });

  it.each([
    ['a text', 'x', 'x'],
    ['nothing', undefined, ''],
    ['null', null, 'null'],
    ['zero', 0, '0'],
    ['a list', [1], '[\n 1\n]'],
  ])('writes %s as text', (_what, value, text) => {
    expect(textOf(value)).toBe(text);
  });
});

it('pieces of any text join to the text, and each has whole characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      const pieces = stablePieces(text);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(601);
        expect(piece).not.toMatch(/^[\udc00-\udfff]/);
      }
    }),
  );
});

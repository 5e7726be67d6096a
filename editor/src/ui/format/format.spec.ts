import { describe, expect, it } from '@jest/globals';
import { labelOf } from '@heddle/core';
import { citationParts } from '../markdown/citation-parts.js';
import { formatBytes } from './format-bytes.js';
import { formatDuration } from './format-duration.js';
import { formatScore } from './format-score.js';
import { formatAgo, formatUntil } from './format-time.js';
import { previewValue } from './preview-value.js';
import { usageFigures } from '../../features/run/execution/usage-figures.js';

const label = labelOf('internal');

describe('formatters', () => {
  it('writes durations in the unit that fits', () => {
    expect([0, 999, 1234, 59_949, 60_000, 185_000, 7_440_000].map(formatDuration)).toEqual([
      '0 ms',
      '999 ms',
      '1.2 s',
      '59.9 s',
      '1 min',
      '3 min 5 s',
      '2 h 4 min',
    ]);
  });

  it('writes bytes in the unit that fits', () => {
    expect([0, 999, 4200, 98_362_432, 999_900, 1_620_000_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '4.2 kB',
      '98 MB',
      '1.0 MB',
      '1.6 GB',
    ]);
  });

  it('writes scores so that close ones can be distinguished', () => {
    expect([0.8213, 0, 0.032258, -1.5].map(formatScore)).toEqual(['0.82', '0.00', '0.0323', '-1.50']);
  });

  it('says how long ago a time was', () => {
    expect([10_000, 300_000, 7_200_000, 172_800_000].map((ms) => formatAgo(1e12 - ms, 1e12))).toEqual([
      'just now',
      '5 min ago',
      '2 h ago',
      '2 d ago',
    ]);
  });

  it('says how long it is until a time', () => {
    expect([-5_000, 10_000, 300_000, 7_200_000].map((ms) => formatUntil(1e12 + ms, 1e12))).toEqual([
      'in less than a minute',
      'in less than a minute',
      'in 5 min',
      'in 2 h',
    ]);
    expect(formatUntil(1e12 + 172_800_000, 1e12)).toMatch(/2001/);
  });

  it('turns only known numbers in brackets into references', () => {
    expect(citationParts('Five days [1, 2]. See [9] and a[0].', (number) => number < 3 && number > 0)).toEqual([
      { kind: 'text', text: 'Five days\u2009' },
      { kind: 'reference', number: 1 },
      { kind: 'reference', number: 2 },
      { kind: 'text', text: '. See [9] and a[0].' },
    ]);
  });

  it('previews passages by name and score, and a large value by its beginning', () => {
    const value = [{ id: 'p', document: 'leave.md', text: 'Five days', score: 0.8 }];
    expect(previewValue({ value, label }, 'Passages')).toEqual({
      kind: 'passages',
      count: 1,
      passages: [{ id: 'p', name: 'leave.md', score: 0.8, relevance: 1, text: 'Five days' }],
    });
    expect(
      previewValue(
        { label, size: 9000, preview: '[{"id":"p","document":"a.md","text":"x"},{"id":"q","docu' },
        'Passages',
      ),
    ).toMatchObject({ kind: 'passages', count: 1 });
    expect(previewValue({ label, size: 9000, preview: 'Once' }, 'Text')).toEqual({ kind: 'text', text: 'Once' });
  });

  it('previews a conversation by its last message', () => {
    const file = { id: 'f', name: 'loom.png', mediaType: 'image/png', size: 3 };
    const said = [
      { role: 'assistant', content: 'Show me.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'This one:' },
          { type: 'image', file },
        ],
      },
    ];
    expect(previewValue({ value: said, label }, 'Messages')).toEqual({
      kind: 'text',
      text: 'user: This one: [loom.png]',
    });
    expect(previewValue({ value: [], label }, 'Messages')).toEqual({ kind: 'text', text: '[]' });
  });

  it('gives an estimate while a model writes and its own figures at the end', () => {
    expect(usageFigures({ usage: undefined, rate: 19.4, status: 'streaming' }).map(({ value }) => value)).toEqual([
      '≈ 19 tok/s',
    ]);
    expect(usageFigures({ usage: undefined, rate: 19.4, status: 'done' })).toEqual([]);
    expect(
      usageFigures({
        usage: { inputTokens: 400, outputTokens: 60, firstTokenMs: 500, totalMs: 2500 },
        rate: undefined,
        status: 'done',
      }).map(({ value }) => value),
    ).toEqual(['30 tok/s', 'first 500 ms', '400 → 60', 'local']);
    const cached = { cachedTokens: 300, cost: 0.01, cacheSaved: 0.004, currency: 'USD', model: 'far/big' };
    expect(
      usageFigures({
        usage: { inputTokens: 400, outputTokens: 1, ...cached },
        rate: undefined,
        status: 'done',
      }).map(({ value }) => value),
    ).toEqual(['400 → 1', '300 cached', '$0.01', 'saved $0.004']);
    const cost = (more: object): string | undefined =>
      usageFigures({ usage: { inputTokens: 4, outputTokens: 6, ...more }, rate: undefined, status: 'done' }).at(-1)
        ?.value;
    expect([cost({ model: 'far/big' }), cost({ model: 'far/big', cost: 0.0021, currency: 'EUR' })]).toEqual([
      'no price',
      '€0.0021',
    ]);
  });
});

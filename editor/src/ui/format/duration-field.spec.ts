import { describe, expect, it } from '@jest/globals';
import { durationText, readDuration } from './duration-field.js';

describe('a duration in a field', () => {
  it.each([
    ['30', 30_000],
    ['30 s', 30_000],
    ['0,5', 500],
    ['1.5 s', 1_500],
    ['250 ms', 250],
    ['5 min', 300_000],
    ['2m', 120_000],
    ['1 min 30 s', 90_000],
    [' 2 Hours ', 7_200_000],
    ['0', 0],
  ])('reads %s', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  it.each(['', ' ', 'soon', '-3', '1 2', '5 parsecs', '1 min 30', '1..5', '3 s!'])('does not guess at “%s”', (text) => {
    expect(readDuration(text)).toBeUndefined();
  });

  it('is written exactly, and reads back as the same', () => {
    expect([500, 1, 0, 30_000, 90_000, 300_000, 7_200_000, 1_500].map(durationText)).toEqual([
      '0.5 s',
      '0.001 s',
      '0 s',
      '30 s',
      '90 s',
      '5 min',
      '2 h',
      '1.5 s',
    ]);
    for (const ms of [0, 1, 999, 1_001, 61_000, 3_599_999, 3_600_000]) expect(readDuration(durationText(ms))).toBe(ms);
  });
});

import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { queryNumber, QueryTime } from './query-values.js';

const Limit = queryNumber(z.int().min(1).max(50)).default(10);

it.each(['', ' ', '0x10', ' 5', '5 ', '1_0', 'NaN', 'Infinity', '5,0', '١'])(
  'refuses %j as a number and as a time',
  (text) => {
    expect(Limit.safeParse(text).success).toBe(false);
    expect(QueryTime.safeParse(text).success).toBe(false);
  },
);

it('reads numbers in decimal and exponent notation, and takes the default if the number is missing', () => {
  expect(['5', '50', '1e1', undefined].map((text) => Limit.parse(text))).toEqual([5, 50, 10, 10]);
  expect(Limit.safeParse('2.5').success).toBe(false);
});

it('reads a time from milliseconds, a date and a date with a time', () => {
  expect(['0', '1767225600000', '2026-01-01', '2026-01-01T00:00:00Z'].map((text) => QueryTime.parse(text))).toEqual([
    0, 1_767_225_600_000, 1_767_225_600_000, 1_767_225_600_000,
  ]);
  expect(QueryTime.safeParse('2026-02-30').success).toBe(false);
});

it('describes the limit as a bounded integer in the API document', () => {
  expect(z.toJSONSchema(z.object({ limit: Limit }), { io: 'input' })).toMatchObject({
    properties: { limit: { type: 'integer', minimum: 1, maximum: 50 } },
  });
});

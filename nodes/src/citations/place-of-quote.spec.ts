import { expect, it } from '@jest/globals';
import type { Place } from '@heddle/core';
import { placeOfQuote } from './place-of-quote.js';

const size = { width: 595, height: 842, unit: 'pt' } as const;
const place: Place = {
  page: 1,
  boxes: [
    {
      page: 1,
      ...size,
      lines: [
        [72, 700, 300, 712, 0],
        [72, 714, 300, 726, 30],
      ],
    },
    {
      page: 2,
      ...size,
      lines: [
        [72, 50, 300, 62, 60],
        [72, 64, 300, 76, 90],
      ],
    },
  ],
};
const starts = (found: Place | undefined): readonly number[] =>
  found?.boxes?.flatMap(({ lines }) => lines.map((line) => line[4])) ?? [];

it('keeps the boxes of the lines of a quote, and the page on which it begins', () => {
  expect(starts(placeOfQuote(place, 5, 20))).toEqual([0]);
  expect(starts(placeOfQuote(place, 29, 61))).toEqual([0, 30, 60]);
  expect(placeOfQuote(place, 65, 200)).toMatchObject({ page: 2, boxes: [{ page: 2 }] });
});

it('changes nothing if there are no boxes, or none for the quote', () => {
  expect(placeOfQuote({ page: 3 }, 0, 5)).toEqual({ page: 3 });
  expect(placeOfQuote(undefined, 0, 5)).toBeUndefined();
  const late: Place = { page: 1, boxes: [{ page: 1, ...size, lines: [[0, 0, 1, 1, 500]] }] };
  expect(placeOfQuote(late, 0, 5)).toBe(late);
});

import { expect, it } from '@jest/globals';
import { shiftInto } from './is-fully-visible.js';

const room = { x: 100, y: 0, zoom: 0.5, width: 1000, height: 600 };
const box = (x: number, y: number) => ({ x, y, width: 248, height: 200 });

it('moves the view only when a new card would not be fully visible, and no further than necessary', () => {
  expect(shiftInto(box(0, 100), room)).toEqual([0, 0]);
  expect(shiftInto(box(1700, 100), room)).toEqual([1000 - 24 - (1948 * 0.5 + 100), 0]);
  expect(shiftInto(box(-300, 1150), room)).toEqual([24 - (-300 * 0.5 + 100), 600 - 24 - 1350 * 0.5]);
});

it('shows the left edge of a card that is larger than the view', () => {
  expect(shiftInto({ x: 400, y: 0, width: 4000, height: 100 }, room)[0]).toBe(24 - 300);
});

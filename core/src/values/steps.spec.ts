import { describe, expect, it } from '@jest/globals';
import { runInterleaved, watchPieces } from '../testing/pieces.js';
import { createPace, runThrough, type Steps } from './steps.js';

/** Adds numbers, with a pause after a limit. */
function* addUp(
  numbers: readonly number[],
  most: number,
  saw: (number: number) => void = () => undefined,
): Steps<number> {
  const isDue = createPace(most);
  let sum = 0;
  for (const number of numbers) {
    saw(number);
    sum += number;
    if (isDue(number)) yield;
  }
  return sum;
}

describe('work in pieces', () => {
  it('needs a pause as soon as enough was done, and starts to count again after it', () => {
    const isDue = createPace(10);
    expect([4, 5, 1, 9, 1, 25, 9, 1].map((work) => isDue(work))).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  it('returns its result if it is run without pauses, and throws its errors', () => {
    expect(runThrough(addUp([1, 2, 3], 2))).toBe(6);
    expect(() =>
      runThrough(
        (function* (): Steps<never> {
          yield;
          throw new RangeError('broken');
        })(),
      ),
    ).toThrow(RangeError);
  });

  it('is measured in pieces, and in the values that a piece reads', () => {
    expect(watchPieces(({ saw }) => addUp([1, 2, 3, 4, 5, 6], 6, saw))).toEqual({ result: 21, pieces: 4, most: 3 });
    const { watch, list } = watchedList();
    expect(watch).toMatchObject({ result: 3, pieces: 1, most: 5 });
    expect(list).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('can be interleaved with other work', () => {
    expect(runInterleaved([addUp([1, 1, 1], 1), addUp([5], 1), addUp([], 1)])).toEqual([3, 5, 0]);
  });
});

/** Reads a list, its two items and their two members: five values. `other` is never read and not counted. */
function watchedList() {
  const list = [{ a: 1 }, { a: 2 }];
  const given = { list, other: 1 };
  function* add({ list: watched }: typeof given): Steps<number> {
    return watched.reduce((sum, { a }) => sum + a, 0);
  }
  return { list, watch: watchPieces(({ watch }) => add(watch(given))) };
}

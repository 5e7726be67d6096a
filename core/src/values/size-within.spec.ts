import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { watchPieces } from '../testing/pieces.js';
import { sizeWithin, type ValueSize } from './size-within.js';

/** The size of a value, computed recursively. */
function sizeOf(value: unknown): ValueSize {
  if (typeof value === 'string') return { values: 0, characters: value.length };
  if (typeof value !== 'object' || value === null) return { values: 0, characters: 0 };
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return Object.values(value)
    .map(sizeOf)
    .reduce((sum, size) => ({ values: sum.values + size.values, characters: sum.characters + size.characters }), {
      values: Object.keys(value).length,
      characters: names.join('').length,
    });
}

const any: ValueSize = { values: Infinity, characters: Infinity };

describe('the size of a value', () => {
  it('counts members, items, and the characters of texts and names', () => {
    expect(sizeWithin({ a: ['xyz', 2] }, { values: 3, characters: 4 })).toEqual({ values: 3, characters: 4 });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => expect(sizeWithin(value, any)).toEqual(sizeOf(value))),
    );
  });

  it('is undefined if there is one value or one character too many', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const size = sizeOf(value);
        expect(sizeWithin(value, size)).toEqual(size);
        if (size.values > 0) expect(sizeWithin(value, { ...size, values: size.values - 1 })).toBeUndefined();
        expect(sizeWithin(value, { ...size, characters: size.characters - 1 })).toBeUndefined();
      }),
    );
  });

  it('stops at the first value above the limit, and measures any depth', () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, index]));
    const checked = watchPieces(({ watch }) =>
      (function* () {
        return sizeWithin(watch({ wide }), { values: 100, characters: Infinity });
      })(),
    );
    expect(checked.result).toBeUndefined();
    expect(checked.most).toBeLessThanOrEqual(101);
    let deep: unknown = [];
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    expect(sizeWithin(deep, any)?.values).toBe(200_000);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonPieces } from './json-pieces.js';

describe('JSON in pieces', () => {
  it('writes the same text as JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
      }),
    );
  });

  it('writes a wide value, a deep one and a long text in short pieces', () => {
    const wide = Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`k${index}`, { index, text: 'x' }]));
    const deep = Array.from({ length: 400 }).reduce<unknown>((inner) => ({ inner, rows: Array(2_000).fill(7) }), 1);
    for (const value of [wide, deep, 'a\n"😀'.repeat(100_000), [Array(50_000).fill('y')]]) {
      const pieces = [...jsonPieces(value)];
      expect(JSON.parse(pieces.join(''))).toEqual(value);
      expect(pieces.length).toBeGreaterThan(2);
      expect(pieces.every(({ length }) => length < 700_000)).toBe(true);
    }
  });

  it('leaves out the same members as JSON.stringify, even in large values', () => {
    const many = Array(2_000).fill(1);
    const value = { many, none: undefined, call: () => 1, date: new Date(0), nothing: [...many, undefined, NaN] };
    expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
    expect([...jsonPieces(undefined)].join('')).toBe('null');
  });

  it('refuses a BigInt as JSON.stringify does', () => {
    expect(() => [...jsonPieces({ many: Array(2_000).fill(1), big: 1n })]).toThrow(TypeError);
  });
});

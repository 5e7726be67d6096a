import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runInterleaved, watchPieces } from '../../testing/pieces.js';
import { canonicalJson, canonicalJsonSteps } from './canonical-json.js';
import { runThrough } from '../steps.js';

const tenThousand = Array.from({ length: 10_000 }, (_, index) => index);

describe('canonicalJson', () => {
  it('sorts keys by UTF-16 units and writes numbers as RFC 8785 does', () => {
    // The sorting and number samples of RFC 8785, sections 3.2.2 and 3.2.3.
    expect(
      canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
  });

  it('gives equal values equal texts, whatever the order of their keys, and loses nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        const parsed: unknown = JSON.parse(text);
        expect(canonicalJson(parsed)).toBe(text);
        expect(JSON.stringify(parsed)).toHaveLength(JSON.stringify(value).length);
      }),
    );
    expect(canonicalJson({ b: undefined, a: [undefined] })).toBe('{"a":[null]}');
  });

  it('gives the same text in pieces', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 9 }), (value) => {
        expect(runThrough(canonicalJsonSteps(value))).toBe(canonicalJson(value));
      }),
    );
    const odd = { b: undefined, a: [undefined, new Date(0)], c: () => 1, d: { e: { toJSON: () => 'x' } } };
    expect(runThrough(canonicalJsonSteps(odd))).toBe(canonicalJson(odd));
  });

  it.each([
    ['in one list', () => Array.from({ length: 20_000 }, (_, index) => index)],
    ['in many short lists', () => Array.from({ length: 150 }, () => Array.from({ length: 150 }, () => [1, 2]))],
    ['in the depth of a few', () => Array.from({ length: 10 }, () => ({ a: { b: { c: { d: { e: tenThousand } } } } }))],
  ])('reads a bounded number of values between two pauses if they are %s', (_where, make) => {
    const value = make();
    const text = canonicalJson(value);
    const { result, pieces, most } = watchPieces(({ watch }) => canonicalJsonSteps(watch(value)));
    expect(result === text).toBe(true);
    expect(pieces).toBeGreaterThanOrEqual(5);
    expect(most).toBeLessThanOrEqual(12_000);
    expect(runInterleaved([canonicalJsonSteps(value), canonicalJsonSteps({ b: value })])).toEqual([
      text,
      `{"b":${text}}`,
    ]);
  });

  it('refuses values that JSON cannot represent', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const value of [cycle, NaN, { a: Infinity }, 1n]) {
      expect(() => canonicalJson(value)).toThrow(TypeError);
      expect(() => runThrough(canonicalJsonSteps(value))).toThrow(TypeError);
    }
    const shared = { a: 1 };
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });
});

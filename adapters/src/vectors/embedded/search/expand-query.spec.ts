import { describe, expect, it } from '@jest/globals';
import { normalise } from '../quantise.js';
import { expandQuery } from './expand-query.js';

const vectors: Readonly<Record<number, Float32Array>> = {
  1: Float32Array.of(0.8, 0.6, 0),
  2: Float32Array.of(0.8, 0, 0.6),
  3: Float32Array.of(0, 1, 0),
};
const query = Float32Array.of(1, 0, 0);
const expand = (...slots: readonly number[]): readonly number[] => [
  ...expandQuery(
    query,
    slots.map((slot) => ({ slot })),
    (slot) => vectors[slot],
  ),
];

describe('a query that moves towards its first results', () => {
  it('moves towards the hits that are as near as the nearest', () => {
    const [first, second, third] = expand(1, 2);
    expect([first, second, third].map((value) => Number(value?.toFixed(3)))).toEqual([1.096, 0.036, 0.036]);
  });

  it('does not move towards a hit of the lexical leg that is far', () => {
    expect(expand(1, 3)).toEqual(expand(1));
  });

  it('stays unchanged when nothing was found or nothing is near', () => {
    expect(expand()).toEqual([...query]);
    expect(expand(3)).toEqual([...query]);
    expect(expand(9)).toEqual([...query]);
  });

  it('keeps its direction when all results lie in it', () => {
    expect([...normalise(expandQuery(query, [{ slot: 1 }], () => query))]).toEqual([...query]);
  });
});

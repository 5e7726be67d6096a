import { describe, expect, it } from '@jest/globals';
import { fuse, type ScoredSlot } from './fuse.js';

const list = (...slots: readonly number[]): ScoredSlot[] =>
  slots.map((slot, rank) => ({ slot, score: 1 - rank * 0.1 }));
const join = (
  dense: readonly ScoredSlot[],
  lexical: readonly ScoredSlot[],
  weight = 0.5,
  documentOf = (slot: number): number => slot,
) => fuse({ dense, lexical, weight, depth: 100, documentOf }).map(({ slot }) => slot);

describe('fuse', () => {
  it('ranks first what both legs rank high', () => {
    expect(join(list(1, 2, 3), list(4, 2, 5))[0]).toBe(2);
  });

  it('follows the leg with the weight', () => {
    expect(join(list(1, 2), list(3, 2), 1)[0]).toBe(1);
    expect(join(list(1, 2), list(3, 2), 0)[0]).toBe(3);
  });

  it('prefers the clear winner between equal ranks', () => {
    const dense = [
      { slot: 1, score: 0.9 },
      { slot: 2, score: 0.2 },
      { slot: 3, score: 0.1 },
    ];
    const lexical = [
      { slot: 2, score: 10 },
      { slot: 1, score: 9.9 },
    ];

    expect(join(dense, lexical)[0]).toBe(1);
  });

  it('measures the lead of a winner from the end of a full list, in both legs', () => {
    const scores = (...pairs: readonly (readonly [slot: number, score: number])[]): ScoredSlot[] =>
      pairs.map(([slot, score]) => ({ slot, score }));
    const dense = scores([2, 0.9], [1, 0.82], [3, 0.1]);
    const lexical = scores([1, 10], [2, 9.2], [4, 9.1]);
    const first = (depth: number) => fuse({ dense, lexical, weight: 0.5, depth, documentOf: (slot) => slot })[0]?.slot;

    expect(first(3)).toBe(1);
    // A list that ends before its depth contains every passage with a word of the question.
    expect(first(100)).toBe(2);
  });

  it('prefers the passage whose document has another good passage', () => {
    const dense = [...list(1, 2, 3), { slot: 9, score: 0 }];
    const withThird = (document: number) => (slot: number) => (slot === 3 ? document : slot);

    expect(join(dense, list(2, 1, 3), 0.5, withThird(1))[0]).toBe(1);
    expect(join(dense, list(2, 1, 3), 0.5, withThird(2))[0]).toBe(2);
  });

  it('fuses a single list and no list', () => {
    expect(join(list(4, 2), [])).toEqual([4, 2]);
    expect(join([], list(4, 2))).toEqual([4, 2]);
    expect(join([], [])).toEqual([]);
  });
});

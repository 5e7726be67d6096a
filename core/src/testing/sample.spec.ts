import { describe, expect, it } from '@jest/globals';
import { drawn, isLong } from './sample.js';

const cases = Array.from({ length: 12 }, (_, index) => index);

describe('a sample of cases', () => {
  (isLong ? it.skip : it)('is the same for a seed, in order, and differs between seeds', () => {
    const samples = Array.from({ length: 50 }, (_, seed) => drawn(cases, 3, seed));
    for (const [seed, sample] of samples.entries()) {
      expect(sample).toHaveLength(3);
      expect(sample).toEqual([...new Set(sample)].sort((a, b) => a - b));
      expect(drawn(cases, 3, seed)).toEqual(sample);
    }
    // Over 50 seeds, each case is drawn.
    expect(new Set(samples.flat()).size).toBe(cases.length);
  });

  it('contains all cases if it is large enough', () => {
    expect(drawn(cases, 12)).toEqual(cases);
    expect(drawn([], 2)).toEqual([]);
  });
});

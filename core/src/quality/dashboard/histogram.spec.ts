import { describe, expect, it } from '@jest/globals';
import { bucketOf, bucketsOfHistogram, countAbove, countOf, percentileOf } from './histogram.js';

const histogramOf = (values: readonly number[]): Uint32Array => {
  const counts = new Uint32Array(bucketsOfHistogram);
  for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
  return counts;
};

describe('a histogram of durations', () => {
  it('gives percentiles within 4.5 % of the sorted list', () => {
    let state = 7;
    const values = Array.from({ length: 5_000 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return Math.exp((state / 2_147_483_647) * 14);
    });
    const sorted = [...values].sort((a, b) => a - b);
    for (const share of [0.5, 0.9, 0.95, 0.99, 1]) {
      const exact = sorted[Math.ceil(values.length * share) - 1] ?? 0;
      const found = percentileOf(histogramOf(values), share) ?? 0;
      expect(Math.abs(found / exact - 1)).toBeLessThan(0.045);
    }
  });

  it('is the same whether values are counted together or in parts', () => {
    const one = histogramOf([1, 20, 300]);
    const two = histogramOf([4, 20, 90_000]);
    expect(one.map((count, index) => count + (two[index] ?? 0))).toEqual(histogramOf([1, 20, 300, 4, 20, 90_000]));
  });

  it('counts invalid durations in the first bucket, and durations above all bounds in the last', () => {
    expect([-5, 0, NaN, 1].map(bucketOf)).toEqual([0, 0, 0, 0]);
    expect(bucketOf(1e300)).toBe(bucketsOfHistogram - 1);
    expect(percentileOf(new Uint32Array(bucketsOfHistogram), 0.5)).toBeUndefined();
    expect(countOf(histogramOf([NaN, 1e300]))).toBe(2);
  });

  it('counts the durations above a limit', () => {
    expect(countAbove(histogramOf([10, 100, 1_000, 10_000]), 500)).toBe(2);
    expect(countAbove(histogramOf([512]), 512)).toBe(0);
  });
});

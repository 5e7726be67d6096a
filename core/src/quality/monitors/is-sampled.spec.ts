import { describe, expect, it } from '@jest/globals';
import { isSampled } from './is-sampled.js';

describe('the sample of a monitor', () => {
  const ids = Array.from({ length: 20_000 }, (_, at) => `run-${at}`);
  const of = (share: number): string[] => ids.filter((id) => isSampled(id, share));

  it('contains about its share of the runs, and the same runs each time', () => {
    for (const share of [0.01, 0.1, 0.5]) {
      const deviation = Math.sqrt(share * (1 - share) * ids.length);
      expect(Math.abs(of(share).length - share * ids.length)).toBeLessThan(4 * deviation);
    }
    expect(of(0.1)).toEqual(of(0.1));
    expect(of(1)).toEqual(ids);
  });

  it('keeps its runs if the share grows', () => {
    const small = of(0.05);
    const large = new Set(of(0.2));
    expect(small.every((id) => large.has(id))).toBe(true);
  });
});

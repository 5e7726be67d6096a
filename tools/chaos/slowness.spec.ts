import { describe, expect, it } from '@jest/globals';
import { slownessOf } from './slowness.js';

describe('the slowness of a machine', () => {
  it('is that of the longest start, and 1 on a quiet machine', () => {
    const life = (ms: number | undefined) => ({
      startedAt: 5_000,
      listeningAt: ms === undefined ? undefined : 5_000 + ms,
      diedAt: undefined,
    });
    expect(slownessOf([])).toBe(1);
    expect(slownessOf([life(400), life(undefined)])).toBe(1);
    expect(slownessOf([life(700), life(3_500), life(2_000)])).toBe(3.5);
  });
});

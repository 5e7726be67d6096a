import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { atOrAfter } from './at-or-after.js';

describe('a wait for a time', () => {
  it.each([
    ['comes at its time', 0, 400],
    ['comes when the clock is set past it', 3_600_000, 0],
    ['comes at the latest after the given span where the clock is set back', -3_600_000, 1_000],
  ])('%s, once', async (_, jump, after) => {
    const clock = createFakeClock();
    let calls = 0;
    atOrAfter(clock, clock.now() + 400, 1_000, () => (calls += 1));
    clock.jump(clock.now() + jump);
    await clock.advance(Math.max(0, after - 1));
    expect(calls).toBe(after === 0 ? 1 : 0);
    await clock.advance(1);
    expect(calls).toBe(1);
    await clock.advance(7_200_000);
    expect([calls, clock.pending]).toEqual([1, 0]);
  });

  it('can be cancelled', async () => {
    const clock = createFakeClock();
    let calls = 0;
    atOrAfter(clock, Infinity, 1_000, () => (calls += 1))();
    await clock.advance(2_000);
    expect([calls, clock.pending]).toEqual([0, 0]);
  });
});

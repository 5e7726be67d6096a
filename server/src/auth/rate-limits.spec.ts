import { describe, expect, it } from '@jest/globals';
import { RateLimits } from './rate-limits.js';

function setUp() {
  const clock = { time: 1_000_000, now: () => clock.time };
  const limits = new RateLimits(clock);
  /** How many of so many tries are let through. */
  const taken = (tries: number, perMinute: number, name = 'a'): number => {
    let count = 0;
    for (let index = 0; index < tries; index += 1)
      try {
        limits.take(name, perMinute);
        count += 1;
      } catch {
        // counted by what is left
      }
    return count;
  };
  return { clock, limits, taken };
}

describe('what one may do a minute', () => {
  it('fills evenly, and never beyond a minute, however long nobody came', () => {
    const { clock, taken } = setUp();
    expect(taken(10, 6)).toBe(6);
    clock.time += 20_000;
    expect(taken(10, 6)).toBe(2);
    clock.time += 3_600_000;
    expect(taken(10, 6)).toBe(6);
  });

  it('is counted for each name by itself, and anew once it is cleared or given back', () => {
    const { limits, taken } = setUp();
    expect([taken(3, 2, 'a'), taken(3, 2, 'b')]).toEqual([2, 2]);
    limits.giveBack('a');
    limits.clear('b');
    expect([taken(3, 2, 'a'), taken(3, 2, 'b')]).toEqual([1, 2]);
  });

  it('says after how many whole seconds there is one again, and not sooner', () => {
    const { clock, limits, taken } = setUp();
    taken(7, 7);
    expect(() => limits.take('a', 7)).toThrow(expect.objectContaining({ details: { retryAfterSeconds: 9 } }));
    clock.time += 9_000;
    expect(taken(1, 7)).toBe(1);
  });

  it('takes nothing away where the clock is set back', () => {
    const { clock, taken } = setUp();
    expect(taken(1, 2)).toBe(1);
    clock.time -= 600_000;
    expect(taken(1, 2)).toBe(1);
    clock.time += 30_000;
    expect(taken(2, 2)).toBe(1);
  });
});

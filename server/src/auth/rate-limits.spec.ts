import { describe, expect, it } from '@jest/globals';
import type { SharedLimits } from '@heddle/core';
import { RateLimits } from './rate-limits.js';

function setUp() {
  const clock = { time: 1_000_000, now: () => clock.time };
  const limits = new RateLimits(clock);
  /** Counts how many of these tries are allowed. */
  const taken = (tries: number, perMinute: number, name = 'a'): number => {
    let count = 0;
    for (let index = 0; index < tries; index += 1)
      try {
        limits.take(name, perMinute);
        count += 1;
      } catch {
        // A refused try is not counted.
      }
    return count;
  };
  return { clock, limits, taken };
}

describe('a limit per minute', () => {
  it("refills evenly, and never holds more than one minute's worth", () => {
    const { clock, taken } = setUp();
    expect(taken(10, 6)).toBe(6);
    clock.time += 20_000;
    expect(taken(10, 6)).toBe(2);
    clock.time += 3_600_000;
    expect(taken(10, 6)).toBe(6);
  });

  it('is counted separately for each name, and can be cleared or given back', () => {
    const { limits, taken } = setUp();
    expect([taken(3, 2, 'a'), taken(3, 2, 'b')]).toEqual([2, 2]);
    limits.giveBack('a');
    limits.clear('b');
    expect([taken(3, 2, 'a'), taken(3, 2, 'b')]).toEqual([1, 2]);
  });

  it('reports in whole seconds when the next try is allowed', () => {
    const { clock, limits, taken } = setUp();
    taken(7, 7);
    expect(() => limits.take('a', 7)).toThrow(expect.objectContaining({ details: { retryAfterSeconds: 9 } }));
    clock.time += 9_000;
    expect(taken(1, 7)).toBe(1);
  });

  it('keeps what is left when the clock is set back', () => {
    const { clock, taken } = setUp();
    expect(taken(1, 2)).toBe(1);
    clock.time -= 600_000;
    expect(taken(1, 2)).toBe(1);
    clock.time += 30_000;
    expect(taken(2, 2)).toBe(1);
  });

  describe('shared by two processes', () => {
    const setUpShared = () => {
      const { clock } = setUp();
      const counts = new Map<string, number>();
      const add = (key: string, points: number) => {
        const count = (counts.get(key) ?? 0) + points;
        counts.set(key, count);
        return Promise.resolve(count);
      };
      const shared: SharedLimits = {
        async take(key, { points }) {
          const count = await add(key, 1);
          const isAllowed = count <= points;
          return { isAllowed, remaining: Math.max(0, points - count), waitMs: isAllowed ? 0 : 40_000 };
        },
        giveBack: async (key) => void (await add(key, -1)),
        clear: (key) => Promise.resolve(void counts.delete(key)),
        pause: () => Promise.resolve(),
      };
      const one = new RateLimits(clock, shared);
      const other = new RateLimits(clock, shared);
      /** Waits until the processes know what the others took. */
      const heard = () => new Promise((resolve) => setImmediate(resolve));
      return { clock, counts, one, other, heard };
    };

    it('counts tries in the other process, and reports how long to wait', async () => {
      const { clock, one, other, heard } = setUpShared();
      for (let index = 0; index < 4; index += 1) one.take('a', 6);
      await heard();
      expect(other.take('a', 6)).toBe(5);
      await heard();
      expect(other.take('a', 6)).toBe(0);
      await heard();
      // The share of this process refills, but the limit of all processes is used up.
      clock.time += 10_000;
      one.take('a', 6);
      await heard();
      clock.time += 20_000;
      expect(() => one.take('a', 6)).toThrow(
        expect.objectContaining({ code: 'too_many_requests', details: { retryAfterSeconds: 20 } }),
      );
      clock.time += 20_000;
      expect(() => one.take('a', 6)).not.toThrow();
    });

    it('is given back and cleared for both, and does not store the names', async () => {
      const { counts, one, heard } = setUpShared();
      one.take('sign-in:ada@example.com', 6);
      one.take('sign-in:ada@example.com', 6);
      one.giveBack('sign-in:ada@example.com');
      await heard();
      expect([...counts.values()]).toEqual([1]);
      expect(JSON.stringify([...counts.keys()])).not.toContain('ada');
      one.clear('sign-in:ada@example.com');
      expect(counts.size).toBe(0);
    });
  });
});

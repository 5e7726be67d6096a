import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { DeadlineWheel, wheelOf } from './deadline-wheel.js';

describe('deadline wheel', () => {
  it('calls back in order of time, through one callback of the clock', async () => {
    const clock = createFakeClock(0);
    const wheel = new DeadlineWheel(clock);
    const seen: number[] = [];
    for (const time of [50, 10, 40, 20, 30, 10]) wheel.add(time, () => seen.push(time));
    expect(clock.pending).toBe(1);
    await clock.advance(35);
    expect(seen).toEqual([10, 10, 20, 30]);
    await clock.advance(100);
    expect([seen.slice(4), clock.pending]).toEqual([[40, 50], 0]);
  });

  it('drops cancelled deadlines, and accepts new ones while it fires', async () => {
    const clock = createFakeClock(0);
    const wheel = new DeadlineWheel(clock);
    const seen: string[] = [];
    const cancelled = wheel.add(10, () => seen.push('cancelled'));
    wheel.add(20, () => wheel.add(20, () => seen.push('again')));
    cancelled.cancel();
    await clock.advance(20);
    expect(seen).toEqual(['again']);
  });

  it('exists once for each clock', () => {
    const clock = createFakeClock();
    expect(wheelOf(clock)).toBe(wheelOf(clock));
    expect(wheelOf(createFakeClock())).not.toBe(wheelOf(clock));
  });
});

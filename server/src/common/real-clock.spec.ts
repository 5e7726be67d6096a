import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { realClock } from './real-clock.js';

const hour = 3_600_000;

describe('the clock of the machine', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void jest.useRealTimers());

  it('notices within half a minute that the wall clock was set past a time', () => {
    let calls = 0;
    realClock.at(Date.now() + hour, () => (calls += 1));
    jest.setSystemTime(Date.now() + hour);
    jest.advanceTimersByTime(30_000);
    expect(calls).toBe(1);
  });

  it('does not call back before the time when it was set back, and calls back once', () => {
    let calls = 0;
    realClock.at(Date.now() + 10_000, () => (calls += 1));
    jest.setSystemTime(Date.now() - hour);
    jest.advanceTimersByTime(hour);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(40_000);
    expect(calls).toBe(1);
  });

  it('accepts a time beyond the longest timer of the platform', () => {
    const month = 30 * 24 * hour;
    const { steady } = realClock;
    let calls = 0;
    steady?.at(steady.now() + month, () => (calls += 1));
    jest.advanceTimersByTime(month - 1);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(10);
    expect(calls).toBe(1);
  });

  it('measures spans by a clock that cannot be set, and cancels a timer', () => {
    const { steady } = realClock;
    const seen: string[] = [];
    steady?.at(steady.now() + 1_000, () => seen.push('span'));
    const cancel = steady?.at(steady.now() + 1_000, () => seen.push('cancelled'));
    cancel?.();
    jest.setSystemTime(Date.now() - hour);
    jest.advanceTimersByTime(1_001);
    expect(seen).toEqual(['span']);
  });
});

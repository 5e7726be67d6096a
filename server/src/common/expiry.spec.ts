import { createFakeClock } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { createExpiry } from './expiry.js';

describe('a value that a process remembers from the database', () => {
  it('expires each second, by the steady clock, when other processes can change it', async () => {
    const clock = createFakeClock();
    const isOver = createExpiry({ leases: { isAlone: false }, clock });
    clock.jump(clock.now() + 3_600_000);
    expect(isOver()).toBe(false);
    await clock.advance(999);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect([isOver(), isOver()]).toEqual([true, false]);
    await clock.advance(5_000);
    expect([isOver(), isOver()]).toEqual([true, false]);
  });

  it('never expires when the process is alone', async () => {
    const clock = createFakeClock();
    const isOver = createExpiry({ leases: { isAlone: true }, clock });
    await clock.advance(3_600_000);
    expect(isOver()).toBe(false);
  });
});

import { createFakeClock } from '@heddle/core/testing';
import { describe, expect, it } from '@jest/globals';
import { memoryTime } from '../testing/test-clock.js';
import { dayMs, TrustedClock } from './trusted-clock.js';

const hour = 3_600_000;
const start = 1_700_000_000_000;

function setUp() {
  const store = memoryTime();
  let slept = 0;
  const open = (wall: number, booted = 0) => {
    const base = createFakeClock(wall);
    const clock = new TrustedClock({
      base,
      store,
      sinceBoot: () => booted + slept + (base.steady?.now() ?? 0),
    });
    /** Lets this many milliseconds pass, with checks in between. */
    const pass = async (span: number): Promise<void> => {
      for (let left = span; left > 0; left -= hour) {
        await base.advance(Math.min(left, hour));
        clock.state();
      }
    };
    const jump = (by: number): void => base.jump(base.now() + by);
    return { base, clock, pass, jump };
  };
  return { store, open, sleep: (span: number) => (slept += span) };
}

it('returns whole milliseconds, which are stored, when the steady clock has fractions', () => {
  const base = createFakeClock(start);
  let steady = 0.25;
  const clock = new TrustedClock({
    base: { ...base, steady: { now: () => steady, at: () => () => undefined } },
    store: memoryTime(),
  });
  steady += 7.5;
  expect([clock.trusted.now(), clock.rights.now()]).toEqual([start + 7, start + 7]);
});

describe('a start', () => {
  it('trusts the clock when no time was stored, and when it is within a day of the stored time', () => {
    const { open, store } = setUp();
    expect(open(start).clock.isTrusted).toBe(true);
    expect(store.read()).toMatchObject({ time: start });
    expect(open(start + 23 * hour).clock.trusted.now()).toBe(start + 23 * hour);
    expect(open(start - 23 * hour).clock.isTrusted).toBe(true);
  });

  it.each([100, -100])('doubts a clock that is %d days off, and continues from the stored time', (days) => {
    const { open } = setUp();
    open(start).clock.close();
    const { clock } = open(start + days * dayMs);
    expect(clock.state()).toMatchObject({ isTrusted: false, trusted: start, ahead: days * dayMs, wasSet: days < 0 });
    expect(clock.now()).toBe(start + days * dayMs);
  });

  it.each([100, -100])('lets timers follow the wall clock, even if it is %d days off', async (days) => {
    const { open } = setUp();
    open(start).clock.close();
    const wall = start + days * dayMs;
    const { base, clock } = open(wall);
    const heard: string[] = [];
    clock.moments.at(wall - dayMs, () => heard.push('missed'));
    clock.moments.at(wall + hour, () => heard.push('next'));
    await base.advance(1);
    expect([heard, clock.moments.now(), clock.isTrusted]).toEqual([['missed'], wall + 1, false]);
    await base.advance(hour - 1);
    expect(heard).toEqual(['missed', 'next']);
  });

  it('trusts the clock after a day of agreement, also across restarts, and not before', async () => {
    const { open } = setUp();
    open(start).clock.close();
    const first = open(start + 100 * dayMs);
    await first.pass(20 * hour);
    expect(first.clock.isTrusted).toBe(false);
    first.clock.close();
    const second = open(start + 100 * dayMs + 21 * hour);
    await second.pass(3 * hour);
    expect(second.clock.isTrusted).toBe(false);
    await second.pass(2 * hour);
    expect(second.clock.state()).toMatchObject({ isTrusted: true, ahead: 0 });
  });

  it('begins that day again when the clock is set again', async () => {
    const { open } = setUp();
    open(start).clock.close();
    const { clock, pass, jump } = open(start + 100 * dayMs);
    await pass(20 * hour);
    jump(5 * dayMs);
    clock.state();
    await pass(20 * hour);
    expect(clock.isTrusted).toBe(false);
    await pass(5 * hour);
    expect(clock.isTrusted).toBe(true);
  });
});

describe('a jump while the process runs', () => {
  it.each([25, -25])(
    'of %d h changes neither the trusted time nor its timers, and is over when the clock is back',
    async (hours) => {
      const { base, clock, jump } = setUp().open(start);
      const heard: string[] = [];
      clock.trusted.at(start + hour, () => heard.push('before'));
      jump(hours * hour);
      clock.trusted.at(start + hour, () => heard.push('after'));
      expect(clock.state()).toMatchObject({ isTrusted: false, wasSet: true });
      expect(clock.trusted.now()).toBe(start);
      await base.advance(hour - 1);
      expect(heard).toEqual([]);
      await base.advance(1);
      expect([heard, clock.trusted.now()]).toEqual([['before', 'after'], start + hour]);
      jump(-hours * hour);
      expect(clock.state()).toMatchObject({ isTrusted: true, wasSet: false });
    },
  );

  it('is not assumed when the machine slept', () => {
    const { open, sleep } = setUp();
    const { clock, jump } = open(start);
    sleep(3 * dayMs);
    jump(3 * dayMs);
    expect(clock.state()).toMatchObject({ isTrusted: true, wasSet: false });
    expect(clock.trusted.now()).toBe(start + 3 * dayMs);
  });

  it('ahead by more than a day makes no timer early, until a person confirms the clock', async () => {
    const { base, clock, jump } = setUp().open(start);
    const heard: string[] = [];
    clock.moments.at(start + 2 * hour, () => heard.push('soon'));
    clock.moments.at(start + 50 * dayMs, () => heard.push('far'));
    jump(100 * dayMs);
    await base.advance(hour);
    expect([clock.moments.now() - start, heard]).toEqual([hour, []]);
    await base.advance(hour + 60_000);
    expect(heard).toEqual(['soon']);
    clock.confirm();
    await base.advance(60_000);
    expect(heard).toEqual(['soon', 'far']);
  });

  it('ahead by less than a day lets timers follow the wall clock', async () => {
    const { base, clock, jump } = setUp().open(start);
    let calls = 0;
    clock.moments.at(start + 5 * hour, () => (calls += 1));
    jump(5 * hour);
    await base.advance(1);
    expect(calls).toBe(1);
  });
});

describe('rights', () => {
  it('end by the wall clock when it is ahead, and do not come back when it is set back', async () => {
    const { clock, jump, pass } = setUp().open(start);
    jump(100 * dayMs);
    expect(clock.rights.now()).toBe(start + 100 * dayMs);
    jump(-100 * dayMs);
    expect(clock.rights.now()).toBe(start);
    jump(-100 * dayMs);
    expect(clock.rights.now()).toBe(start);
    // The trusted time follows after a day; the end of rights changes only when a person confirms.
    await pass(26 * hour);
    expect(clock.state()).toMatchObject({ isTrusted: true, ahead: 0, rightsAhead: 100 * dayMs });
    expect(clock.rights.now()).toBe(start + 26 * hour);
    clock.confirm();
    expect(clock.state()).toMatchObject({ rightsAhead: 0 });
  });

  it('keep their time across a restart', async () => {
    const { open } = setUp();
    const { clock, jump, pass } = open(start);
    jump(-100 * dayMs);
    clock.state();
    await pass(26 * hour);
    clock.close();
    const later = open(start - 100 * dayMs + 26 * hour);
    expect(later.clock.isTrusted).toBe(true);
    expect(later.clock.rights.now()).toBe(start + 26 * hour);
  });
});

it('is confirmed by a person at once, and stores the confirmed time', () => {
  const { open } = setUp();
  open(start).clock.close();
  const { clock } = open(start + 100 * dayMs);
  clock.confirm();
  expect(clock.isTrusted).toBe(true);
  expect(open(start + 100 * dayMs).clock.isTrusted).toBe(true);
});

it('stores the time regularly, and reports when it cannot', async () => {
  const base = createFakeClock(start);
  const faults: unknown[] = [];
  let writes = 0;
  const store = {
    read: () => undefined,
    write: () => {
      writes += 1;
      if (writes === 3) throw new Error('full');
    },
  };
  const clock = new TrustedClock({ base, store, onFault: (error) => faults.push(error) });
  clock.start();
  await base.advance(hour);
  expect([writes, faults.length]).toEqual([13, 1]);
  clock.close();
  expect(base.pending).toBe(0);
});

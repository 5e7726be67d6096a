import type { Lease, Leases } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { keepActive } from './keep-active.js';
import type { KeptRounds } from './keep-rounds.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a part that works in one process', () => {
  const kept: KeptRounds[] = [];
  afterEach(async () => {
    for (const part of kept.splice(0)) await part.stop();
  });

  function setUp() {
    let held: Lease | undefined;
    let token = 0;
    let isAway = false;
    const answer = <T>(work: () => T): Promise<T> =>
      isAway ? Promise.reject(new Error('The database is away.')) : Promise.resolve(work());
    const leases: Leases = {
      acquire: (name, holder) =>
        answer(() => (held === undefined ? (held = { name, holder, token: (token += 1) }) : undefined)),
      renew: (lease) => answer(() => held?.token === lease.token),
      release: (lease) =>
        answer(() => {
          const isHeld = held?.token === lease.token;
          if (isHeld) held = undefined;
          return isHeld;
        }),
    };
    const clock = createFakeClock();
    const events: string[] = [];
    const keep = (holder: string): KeptRounds => {
      const part = keepActive(
        'webhooks',
        { leases, holder, clock },
        {
          check: () => void events.push(`${holder} checks`),
          rest: () => Promise.resolve(void events.push(`${holder} rests`)),
        },
      );
      kept.push(part);
      return part;
    };
    const second = async (): Promise<void> => {
      await settle();
      await clock.advance(1_000);
      await settle();
    };
    /** What happened since the last check. */
    const seen = (): readonly string[] => events.splice(0);
    return { keep, second, seen, lose: () => (held = undefined), setAway: (away: boolean) => (isAway = away) };
  }

  it('checks each second in the holder, and goes on in another process once that one stops', async () => {
    const { keep, second, seen } = setUp();
    const first = keep('a');
    keep('b');
    await second();
    expect(seen()).toEqual(['a checks', 'a checks']);
    await first.stop();
    await second();
    expect(seen()).toEqual(['a rests', 'b checks']);
  });

  it('rests before its lease ends where the database does not answer, and checks again once it does', async () => {
    const { keep, second, seen, setAway } = setUp();
    keep('a');
    await settle();
    expect(seen()).toEqual(['a checks']);
    setAway(true);
    for (let round = 0; round < 3; round += 1) await second();
    expect(seen()).toEqual([]);
    await second();
    expect(seen()).toEqual(['a rests']);
    setAway(false);
    await second();
    expect(seen()).toEqual(['a checks']);
  });

  it('rests where another process has its lease', async () => {
    const { keep, second, seen, lose } = setUp();
    const first = keep('a');
    await settle();
    lose();
    keep('b');
    await settle();
    for (let round = 0; round < 4; round += 1) await second();
    expect(seen().filter((event) => event.startsWith('a'))).toEqual(['a checks', 'a rests']);
    expect(first.isHolder()).toBe(false);
  });
});

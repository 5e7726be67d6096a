import { HeddleError, type Leases } from '@heddle/core';
import { createFakeClock, createMemoryLeases } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LeasedRounds } from './run-rounds.js';
import { createLoneLeases } from './lone-leases.js';
import { whileLeased, type Held } from './while-leased.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a part that works while its process holds the lease', () => {
  const kept: LeasedRounds[] = [];
  afterEach(async () => {
    for (const part of kept.splice(0)) await part.stop();
  });

  function setUp() {
    const clock = createFakeClock();
    const leases = createMemoryLeases(clock);
    const events: string[] = [];
    const tokens: unknown[] = [];
    const faults: unknown[] = [];
    let stopping: Promise<void> = Promise.resolve();
    const keep = (holder: string, from: Leases = leases): LeasedRounds => {
      const part = whileLeased(
        'webhooks',
        { leases: from, holder, clock, onFault: (error) => faults.push(error) },
        {
          start({ fence }: Held) {
            events.push(`${holder} starts`);
            tokens.push(...fence.map(({ values }) => values['token']));
          },
          check: () => void events.push(`${holder} checks`),
          async stop() {
            events.push(`${holder} stops`);
            await stopping;
            events.push(`${holder} has stopped`);
          },
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
    /** The events since the last call. */
    const seen = (): readonly string[] => events.splice(0);
    const stopsAfter = (work: Promise<void>): void => void (stopping = work);
    return { clock, leases, keep, second, seen, stopsAfter, tokens, faults };
  }

  it('starts in one process, checks there each second, and starts in another process once the first stops', async () => {
    const { keep, second, seen, tokens } = setUp();
    const first = keep('a');
    const other = keep('b');
    await second();
    await second();
    expect(seen()).toEqual(['a starts', 'a checks', 'a checks']);
    expect([first.isHolder(), other.isHolder()]).toEqual([true, false]);
    await first.stop();
    await second();
    expect(seen()).toEqual(['a stops', 'a has stopped', 'b starts']);
    expect(tokens).toEqual([1, 2]);
  });

  it('keeps the lease until its running work has ended', async () => {
    const { keep, second, seen, stopsAfter } = setUp();
    const first = keep('a');
    keep('b');
    await settle();
    let end = (): void => undefined;
    stopsAfter(new Promise((resolve) => (end = resolve)));
    const stopped = first.stop();
    for (let round = 0; round < 12; round += 1) await second();
    expect(seen()).toEqual(['a starts', 'a stops']);
    end();
    await stopped;
    await second();
    expect(seen()).toEqual(['a has stopped', 'b starts']);
  });

  it('stops before its lease ends when the database does not answer, and starts again once it does', async () => {
    const { leases, keep, second, seen, tokens, faults } = setUp();
    keep('a');
    await settle();
    expect(seen()).toEqual(['a starts']);
    leases.setAway(true);
    for (let round = 0; round < 3; round += 1) await second();
    expect(seen()).toEqual([]);
    expect(leases.holderOf('webhooks')).toBe('a');
    await second();
    expect(seen()).toEqual(['a stops', 'a has stopped']);
    expect(leases.holderOf('webhooks')).toBe('a');
    await second();
    leases.setAway(false);
    await second();
    expect(seen()).toEqual(['a starts']);
    expect(tokens).toEqual([1, 2]);
    expect(faults.length).toBeGreaterThanOrEqual(4);
  });

  it('counts the time of a lease from its request', async () => {
    const { clock, leases, keep, second, seen } = setUp();
    let answer = (): void => undefined;
    const slow: Leases = {
      ...leases,
      renew: async (lease, forMs) => {
        const isHeld = await leases.renew(lease, forMs);
        await new Promise<void>((resolve) => (answer = resolve));
        return isHeld;
      },
    };
    keep('a', slow);
    await second();
    expect(seen()).toEqual(['a starts']);
    await clock.advance(2_900);
    answer();
    await settle();
    expect(seen()).toEqual(['a checks']);
    await clock.advance(1_200);
    expect(seen()).toEqual(['a stops', 'a has stopped']);
    expect(leases.holderOf('webhooks')).toBe('a');
    answer();
  });

  it('stops at once when another process has its lease', async () => {
    const { leases, keep, second, seen } = setUp();
    const first = keep('a');
    await settle();
    leases.end('webhooks');
    keep('b');
    await second();
    expect(seen()).toEqual(['a starts', 'b starts', 'a stops', 'a has stopped', 'b checks']);
    expect(first.isHolder()).toBe(false);
  });

  it('starts again with the new token when its lease ended and no other process took it', async () => {
    const { leases, keep, second, seen, tokens } = setUp();
    keep('a');
    await settle();
    leases.end('webhooks');
    await second();
    await second();
    expect(seen()).toEqual(['a starts', 'a stops', 'a has stopped', 'a starts']);
    expect(tokens).toEqual([1, 2]);
  });

  it('starts at once in a process that is alone, without a timer and without a fence', async () => {
    const { clock, keep, seen, tokens } = setUp();
    const part = keep('a', createLoneLeases());
    expect([seen(), tokens, clock.pending, part.isHolder()]).toEqual([['a starts'], [], 0, true]);
    await part.stop();
    expect(seen()).toEqual(['a stops', 'a has stopped']);
  });

  it('reports a part that could not stop', async () => {
    const { keep, stopsAfter, faults, second } = setUp();
    const part = keep('a');
    await second();
    const stopping = Promise.reject(new HeddleError('storage_full', 'full'));
    stopsAfter(stopping);
    await part.stop();
    expect(faults).toEqual([new HeddleError('storage_full', 'full')]);
  });
});

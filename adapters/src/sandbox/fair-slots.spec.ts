import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { FairSlots } from './fair-slots.js';

/** Work that ends when the test ends it, and the order in which it begins. */
function bench(most: number, mostWaiting = 100) {
  const slots = new FairSlots(most, mostWaiting);
  const begun: string[] = [];
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    slots,
    begun,
    settle,
    ask: (group: string, kind: string, signal?: AbortSignal) =>
      slots.take({ group, kind }, signal).then(() => void begun.push(`${group} ${kind}`)),
    end: async (group: string, kind: string) => {
      slots.leave({ group, kind });
      await settle();
    },
  };
}

describe('shared slots', () => {
  it('are given at once to a group without a slot, however many of another group wait', async () => {
    const { begun, settle, ask } = bench(2);
    for (let index = 0; index < 40; index += 1) void ask('loops', 'endless');
    await settle();
    expect(begun).toHaveLength(2);
    void ask('plain', 'quick');
    await settle();
    expect(begun).toEqual(['loops endless', 'loops endless', 'plain quick']);
  });

  it('alternate between groups, and within a group between kinds', async () => {
    const { begun, settle, ask, end } = bench(1);
    for (const [group, kind] of [
      ['a', 'endless'],
      ['a', 'endless'],
      ['a', 'endless'],
      ['a', 'quick'],
      ['b', 'quick'],
      ['b', 'quick'],
      ['c', 'quick'],
    ] as const)
      void ask(group, kind);
    await settle();
    // One slot, and one more for a group without a slot.
    expect(begun).toEqual(['a endless', 'b quick']);
    await end('b', 'quick');
    await end('a', 'endless');
    await end('c', 'quick');
    await end('b', 'quick');
    await end('a', 'endless');
    expect(begun.slice(2)).toEqual(['c quick', 'a endless', 'b quick', 'a quick']);
  });

  it('are refused only to the group with the most waiting when the queue is full', async () => {
    const { ask, settle, begun } = bench(1, 12);
    for (let index = 0; index < 13; index += 1) void ask('loops', 'endless');
    await settle();
    await expect(ask('loops', 'endless')).rejects.toMatchObject({ code: 'busy' });
    void ask('plain', 'quick');
    void ask('plain', 'quick');
    await settle();
    expect(begun).toEqual(['loops endless', 'plain quick']);
  });

  it('are released by a caller that stops waiting, and by all callers at the end', async () => {
    const { slots, begun, settle, ask, end } = bench(1);
    const stop = new AbortController();
    void ask('a', 'x');
    const second = ask('a', 'x', stop.signal);
    const third = ask('a', 'x');
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'aborted' });
    await expect(ask('a', 'x', AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    await end('a', 'x');
    await third;
    expect(begun).toHaveLength(2);
    const last = ask('a', 'x');
    await settle();
    slots.close(new HeddleError('shutting_down', 'Heddle is stopping.'));
    await expect(last).rejects.toMatchObject({ code: 'shutting_down' });
  });
});

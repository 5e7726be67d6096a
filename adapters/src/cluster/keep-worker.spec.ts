import { describe, expect, it } from '@jest/globals';
import type { NewWorker, Workers } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { keepWorker, type KeptWorker } from './keep-worker.js';

const worker: NewWorker = { name: 'w', boot: 'b', version: '1', capabilities: [], slots: 1 };

/** A registry whose answer to a renewal comes from the test. */
function registry(renew: () => Promise<'ready' | 'draining' | undefined>): Workers & { readonly renewals: number } {
  const counts = { renewals: 0 };
  const nothing = async (): Promise<void> => undefined;
  return {
    get renewals() {
      return counts.renewals;
    },
    register: nothing,
    renew() {
      counts.renewals += 1;
      return renew();
    },
    drain: nothing,
    leave: nothing,
    list: async () => [],
  };
}

async function kept(clock: FakeClock, workers: Workers): Promise<{ keeper: KeptWorker; lost: string[] }> {
  const lost: string[] = [];
  return { lost, keeper: await keepWorker(worker, { workers, clock, onLost: (reason) => lost.push(reason) }) };
}

describe('a worker that keeps itself registered', () => {
  it('renews its row every two seconds, and stays alive', async () => {
    const clock = createFakeClock();
    const workers = registry(async () => 'ready');
    const { keeper, lost } = await kept(clock, workers);
    await clock.advance(60_500);
    expect([workers.renewals, keeper.isAlive(), lost]).toEqual([30, true, []]);
    keeper.stop();
    await clock.advance(60_000);
    expect([workers.renewals, keeper.isAlive(), clock.pending, lost]).toEqual([30, false, 0, []]);
  });

  it('is lost eight seconds after its last renewal, whether the registry fails or gives no answer', async () => {
    for (const renew of [() => Promise.reject(new Error('away')), () => new Promise<undefined>(() => undefined)]) {
      const clock = createFakeClock();
      const { keeper, lost } = await kept(clock, registry(renew));
      await clock.advance(7_999);
      expect([keeper.isAlive(), lost]).toEqual([true, []]);
      await clock.advance(1);
      expect([keeper.isAlive(), lost]).toEqual([false, ['silent']]);
      await clock.advance(60_000);
      expect(lost).toEqual(['silent']);
    }
  });

  it('counts from the moment at which a renewal was sent, not from its answer', async () => {
    const clock = createFakeClock();
    let answer = (_state: 'ready' | undefined): void => undefined;
    const { keeper, lost } = await kept(
      clock,
      registry(() => new Promise((resolve) => (answer = resolve))),
    );
    await clock.advance(7_000); // The first renewal was sent at 2,000.
    answer('ready');
    await clock.advance(2_900);
    expect([keeper.isAlive(), lost]).toEqual([true, []]);
    await clock.advance(100);
    expect([keeper.isAlive(), lost]).toEqual([false, ['silent']]);
  });

  it('is lost at once when the registry does not know it any more', async () => {
    const clock = createFakeClock();
    const { keeper, lost } = await kept(
      clock,
      registry(async () => undefined),
    );
    await clock.advance(2_000);
    expect([keeper.isAlive(), lost, clock.pending]).toEqual([false, ['retired'], 0]);
  });

  it('follows its steady clock when the wall clock is set', async () => {
    const clock = createFakeClock();
    const { keeper, lost } = await kept(
      clock,
      registry(async () => 'ready'),
    );
    clock.jump(clock.now() + 3_600_000);
    await clock.advance(4_000);
    clock.jump(clock.now() - 7_200_000);
    await clock.advance(4_000);
    expect([keeper.isAlive(), lost]).toEqual([true, []]);
  });

  it('sends its capabilities with each renewal, and reports each change of its state once', async () => {
    const clock = createFakeClock();
    const sent: unknown[] = [];
    const states: string[] = [];
    const answers = ['ready', 'draining', 'draining', 'ready', undefined] as const;
    const workers: Workers = {
      ...registry(() => Promise.resolve('ready')),
      renew: (_boot, capabilities) => Promise.resolve(answers[sent.push(capabilities) - 1]),
    };
    let can: readonly string[] = ['a'];
    const lost: string[] = [];
    await keepWorker(worker, {
      workers,
      clock,
      onLost: (reason) => lost.push(reason),
      capabilities: () => can,
      onState: (state) => void states.push(state),
    });
    await clock.advance(2_500);
    can = ['a', 'b'];
    await clock.advance(8_000);
    expect([sent, states, lost]).toEqual([
      [['a'], ['a', 'b'], ['a', 'b'], ['a', 'b'], ['a', 'b']],
      ['draining', 'ready'],
      ['retired'],
    ]);
  });
});

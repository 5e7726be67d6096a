import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock, createMemoryLeases } from '@heddle/core/testing';
import type { PostgresDatabase } from '../postgres/open-postgres.js';
import type { LeasedRounds } from '../leases/run-rounds.js';
import { runReconciler } from './run-reconciler.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('runReconciler', () => {
  const kept: LeasedRounds[] = [];
  afterEach(async () => {
    for (const reconciler of kept.splice(0)) await reconciler.stop();
  });

  function setUp() {
    const clock = createFakeClock();
    const leases = createMemoryLeases(clock);
    const database: PostgresDatabase = {
      host: 'db',
      schema: 'heddle',
      time: createFakeClock(),
      run: () => Promise.resolve([]),
      pipeline: () => Promise.reject(new Error('no pipeline is needed')),
      transaction: () => Promise.reject(new Error('no transaction is needed')),
      close: () => Promise.resolve(),
    };
    const rounds: string[] = [];
    const faults: unknown[] = [];
    let fault: Error | undefined;
    const keep = (holder: string): LeasedRounds => {
      const reconciler = runReconciler({
        database,
        leases,
        holder,
        clock,
        onFault: (error) => faults.push(error),
        onRound: () => {
          rounds.push(holder);
          return fault === undefined ? Promise.resolve() : Promise.reject(fault);
        },
      });
      kept.push(reconciler);
      return reconciler;
    };
    const second = async (): Promise<void> => {
      await settle();
      await clock.advance(1_000);
      await settle();
    };
    return {
      keep,
      rounds,
      faults,
      second,
      lose: () => leases.end('reconciler'),
      fail: (error?: Error) => (fault = error),
    };
  }

  it('runs rounds in one process at a time, and in another process as soon as that one stops', async () => {
    const { keep, rounds, second } = setUp();
    const one = keep('one');
    const other = keep('other');
    for (let count = 0; count < 3; count += 1) await second();
    expect(new Set(rounds)).toEqual(new Set(['one']));
    expect(rounds.length).toBeGreaterThanOrEqual(3);
    expect([one.isHolder(), other.isHolder()]).toEqual([true, false]);
    await one.stop();
    rounds.length = 0;
    await second();
    expect(new Set(rounds)).toEqual(new Set(['other']));
  });

  it('continues after a round that failed, and after it lost its lease', async () => {
    const { keep, rounds, faults, second, lose, fail } = setUp();
    keep('one');
    fail(new Error('Redis is away'));
    await second();
    fail(undefined);
    lose();
    await second();
    expect(faults.length).toBeGreaterThanOrEqual(1);
    expect(rounds.length).toBeGreaterThanOrEqual(2);
  });
});

import { createJobStore } from '@heddle/adapters/stores';
import { createFakeClock, createMemoryLeases, type FakeClock, type MemoryLeases } from '@heddle/core/testing';
import { createHeddle, type Heddle } from '../../heddle/heddle.js';
import type { HeddleParts } from '../../heddle/parts.js';
import { createTestHeddle, type TestHeddleOptions } from '../test-heddle.js';
import { testClock } from '../test-clock.js';

/** Two processes on one database that share a clock. */
export interface TwoProcesses {
  readonly clock: FakeClock;
  readonly leases: MemoryLeases;
  /** Each process has its own services, caches and jobs. */
  readonly processes: readonly [one: Heddle, other: Heddle];
  /** Advances the clock second by second, so that each process does what is due. */
  readonly pass: (seconds: number) => Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds after which a process that does not renew its lease loses its jobs. */
const jobLeaseMs = 3_000;

/**
 * Opens two processes. `own` gives a process parts of its own, for example to see which process calls them.
 *
 * @example const { processes: [one, other], pass } = await openTwoProcesses();
 */
export async function openTwoProcesses(
  options: Omit<TestHeddleOptions, 'clock' | 'leases'> = {},
  own: (parts: HeddleParts, name: 'one' | 'other') => Partial<HeddleParts> = () => ({}),
): Promise<TwoProcesses> {
  const clock = createFakeClock();
  const first = createTestHeddle({ ...options, clock });
  const { parts } = first;
  const leases = await withTokens(parts, createMemoryLeases(clock));
  const open = (name: 'one' | 'other'): Heddle =>
    createHeddle(first.settings, {
      ...parts,
      leases,
      clock: testClock(clock),
      jobs: createJobStore(parts.tables, { clock: parts.clock, leaseMs: jobLeaseMs, holder: name }),
      ...own(parts, name),
    });
  const processes = [open('one'), open('other')] as const;
  return {
    clock,
    leases,
    processes,
    async pass(seconds) {
      for (let second = 0; second < seconds; second += 1) {
        await settled();
        await clock.advance(1_000);
      }
      await settled();
    },
    async close() {
      for (const process of processes) await process.stop();
      await parts.close();
    },
  };
}

/** Also stores the tokens of leases in the database, because fenced writes compare them there. */
async function withTokens({ tables }: HeddleParts, leases: MemoryLeases): Promise<MemoryLeases> {
  await tables.note([{ sql: 'CREATE TABLE leases (name TEXT PRIMARY KEY, token INTEGER NOT NULL)', values: {} }]);
  return {
    ...leases,
    async acquire(name, holder, forMs) {
      const lease = await leases.acquire(name, holder, forMs);
      if (lease === undefined) return undefined;
      const { token } = lease;
      const sql =
        'INSERT INTO leases (name, token) VALUES (@name, @token) ON CONFLICT (name) DO UPDATE SET token = @token';
      await tables.note([{ sql, values: { name, token } }]);
      return lease;
    },
  };
}

/** Lets pending work continue that needs no time of the clock. */
async function settled(): Promise<void> {
  for (let tick = 0; tick < 20; tick += 1) await new Promise((resolve) => setImmediate(resolve));
}

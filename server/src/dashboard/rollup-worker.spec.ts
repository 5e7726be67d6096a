import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { silentLog } from '../common/log.js';
import { RollupWorker } from './rollup-worker.js';

describe('the rollup worker', () => {
  let worker: RollupWorker | undefined;
  afterEach(() => worker?.stop());
  const settle = async (): Promise<void> => {
    for (let tick = 0; tick < 20; tick += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it('continues after a fault of the store, and logs the fault once', async () => {
    const clock = Object.assign(createFakeClock(0), { isTrusted: true });
    const warnings: string[] = [];
    const steps: (() => { runs: number; calls: number; isCaughtUp: boolean; isDone: boolean })[] = [];
    let counted = 0;
    const fault = (): never => {
      throw new Error('The disk is full.');
    };
    const done = () => ({ runs: (counted += 1), calls: 0, isCaughtUp: true, isDone: true });
    steps.push(fault, fault, done);
    worker = new RollupWorker({
      rollups: { step: async () => (steps.shift() ?? done)(), prune: () => Promise.resolve(false) },
      clock,
      log: { ...silentLog, warn: (_facts: unknown, message: string) => void warnings.push(message) },
    });
    worker.start();
    await settle();
    for (let wait = 0; wait < 2; wait += 1) {
      await clock.advance(5_000);
      await settle();
    }
    expect([counted, warnings.length]).toEqual([1, 1]);
    await clock.advance(2_000);
    await settle();
    expect(counted).toBe(2);
  });

  it('removes nothing while the clock is in doubt, and does not block the event loop while it catches up', async () => {
    const clock = Object.assign(createFakeClock(0), { isTrusted: false });
    let left = 300;
    let pruned = 0;
    let ticks = 0;
    const step = () => Promise.resolve({ runs: 100, calls: 0, isCaughtUp: (left -= 1) <= 0, isDone: left <= 0 });
    worker = new RollupWorker({
      rollups: { step, prune: () => Promise.resolve((pruned += 1) < 0) },
      clock,
      log: silentLog,
    });
    worker.start();
    while (left > 0) {
      ticks += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ticks).toBeGreaterThanOrEqual(299);
    expect(pruned).toBe(0);
  });
});

import { createFakeClock } from '@heddle/core/testing';
import { HeddleError } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import type { MarkedLimit, RetentionLimits, RetentionStep } from '@heddle/adapters/stores';
import { silentLog } from '../common/log.js';
import { readSettings } from '../settings/read-settings.js';
import { testClock } from '../testing/test-clock.js';
import { RetentionSweeper } from './retention-sweeper.js';

const day = 86_400_000;

function setUp(settings: Readonly<Record<string, string>> = {}) {
  const clock = createFakeClock(400 * day);
  const trusted = testClock(clock);
  let limit: MarkedLimit | undefined = { before: Infinity, newest: 77 };
  const asked: RetentionLimits[] = [];
  const files: number[] = [];
  const received: string[] = [];
  let steps: Omit<RetentionStep, 'isDone'>[] = [{ removed: { runs: 20 } }, { removed: { runs: 3 } }, { removed: {} }];
  let fault: HeddleError | undefined;
  const swept: (number | 'forgotten')[] = [];
  let old = 45;
  let isLong = false;
  const sweeper = new RetentionSweeper(
    {
      check: () => undefined,
      mark: (_name, before) =>
        Promise.resolve(limit === undefined ? undefined : { ...limit, before: Math.min(before, limit.before) }),
      step: (limits) => {
        if (fault !== undefined) return Promise.reject(fault);
        asked.push(limits);
        const [next = { removed: {} }, ...rest] = steps;
        steps = rest;
        return Promise.resolve({ ...next, isDone: steps.length === 0 });
      },
      removeRuns: () => Promise.resolve(),
      removable: () => Promise.resolve([]),
      forgetAsked: () => Promise.resolve(),
      sweepFiles: async (before, signal) => {
        files.push(before);
        if (isLong)
          await new Promise((_resolve, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason as Error)),
          );
        return { files: 2, bytes: 10 };
      },
    },
    trusted,
    silentLog,
    readSettings(settings),
    { changed: (_topic, runId) => received.push(runId) },
    {
      sweep: (before, limit) => {
        swept.push(before);
        const count = Math.min(old, limit);
        old -= count;
        return Promise.resolve(count);
      },
      forgetErased: () => {
        swept.push('forgotten');
        return Promise.resolve();
      },
    },
  );
  const readLong = (): void => void (isLong = true);
  const mark = (next: MarkedLimit | undefined) => (limit = next);
  const fail = (error: HeddleError | undefined) => (fault = error);
  const plan = (next: typeof steps) => (steps = next);
  return { sweeper, clock, trusted, asked, files, received, swept, mark, fail, plan, readLong };
}

describe('the sweeper', () => {
  it('removes conversations in pieces when their retention is limited, and from the log at the end', async () => {
    const { sweeper, swept, clock } = setUp({ HEDDLE_KEEP_CONVERSATIONS_DAYS: '10' });
    await sweeper.sweep();
    const before = clock.now() - 10 * day;
    expect(swept).toEqual([before, before, before, before, 'forgotten']);
    expect(sweeper.describe().lastSweep?.removed).toMatchObject({ conversations: 45 });
    const { sweeper: keeping, swept: kept } = setUp();
    await keeping.sweep();
    expect(kept).toEqual([]);
    expect(keeping.describe().classes).toContainEqual({
      name: 'conversations',
      setting: 'HEDDLE_KEEP_CONVERSATIONS_DAYS',
    });
  });

  it('removes by the retention of each class, and reports what it removed', async () => {
    const { sweeper, asked, files, clock } = setUp({ HEDDLE_KEEP_RUNS_DAYS: '10', HEDDLE_KEEP_VALUES_DAYS: '0' });
    await sweeper.sweep();
    const now = clock.now();
    expect(asked).toHaveLength(3);
    expect(asked[0]).toEqual({ runs: now - 10 * day, jobs: now - 30 * day, newest: 77 });
    expect(files).toEqual([now - 7 * day]);
    expect(sweeper.describe().lastSweep).toMatchObject({ at: now, removed: { runs: 23, files: 2 } });
    expect(sweeper.describe().classes).toContainEqual({ name: 'values', setting: 'HEDDLE_KEEP_VALUES_DAYS' });
  });

  it('removes nothing that was marked too recently, and of what was marked only what is old enough', async () => {
    const { sweeper, asked, files, mark, clock } = setUp({ HEDDLE_KEEP_RUNS_DAYS: '10' });
    mark(undefined);
    await sweeper.sweep();
    expect([asked[0], files]).toEqual([{ newest: Number.MAX_SAFE_INTEGER }, []]);
    mark({ before: clock.now() - 100 * day, newest: 5 });
    await sweeper.sweep();
    expect(asked.at(-1)).toMatchObject({ runs: clock.now() - 100 * day, newest: 5 });
    expect(files).toEqual([clock.now() - 100 * day]);
  });

  it.each([400, -400])(
    'removes nothing for a day after the clock was set by %d days, or until a person confirms it',
    async (days) => {
      const { sweeper, asked, clock, trusted } = setUp();
      clock.jump(clock.now() + days * day);
      await sweeper.sweep();
      await clock.advance(day / 2);
      await sweeper.sweep();
      expect(asked).toEqual([]);
      expect(sweeper.describe().lastSweep).toMatchObject({ skipped: 'clock' });
      await clock.advance(day / 2);
      await sweeper.sweep();
      expect(asked).toHaveLength(3);
      clock.jump(clock.now() + 2 * days * day);
      await sweeper.sweep();
      expect(asked).toHaveLength(3);
      trusted.confirm();
      await sweeper.sweep();
      expect(asked).toHaveLength(4);
    },
  );

  it('reports why it failed, and tries again', async () => {
    const { sweeper, fail, clock } = setUp();
    fail(new HeddleError('storage_full', 'The disk is full.'));
    await sweeper.sweep();
    expect(sweeper.describe().lastSweep).toMatchObject({ error: { code: 'storage_full' } });
    fail(undefined);
    await clock.advance(1_000);
    await sweeper.sweep();
    expect(sweeper.describe().lastSweep?.error).toBeUndefined();
  });

  it('reports removed runs even when it cannot continue', async () => {
    const { sweeper, asked, received, fail, plan } = setUp();
    const broken = new HeddleError('storage_full', 'The disk is full.');
    plan([{ removed: { runs: 2 }, runs: [{ runId: 'a' }, { runId: 'b' }] }, { removed: {} }]);
    const swept = sweeper.sweep();
    while (asked.length === 0) await Promise.resolve();
    fail(broken);
    await swept;
    expect(sweeper.describe().lastSweep).toMatchObject({ removed: { runs: 2 }, error: { code: 'storage_full' } });
    expect(received).toEqual(['a', 'b']);
  });

  it('does not delay a stop while the whole database is read', async () => {
    const { sweeper, files, readLong } = setUp();
    readLong();
    const sweeping = sweeper.sweep();
    while (files.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sweeper.stop();
    await sweeping;
    expect(sweeper.describe().lastSweep).toBeUndefined();
  });

  it('starts sooner when its interval is shorter than a minute', async () => {
    const { sweeper, files, clock } = setUp({ HEDDLE_SWEEP_MINUTES: '0.5' });
    sweeper.start();
    await clock.advance(29_000);
    expect(files).toEqual([]);
    await clock.advance(1_000);
    for (let tries = 0; files.length === 0 && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(files).toHaveLength(1);
    await sweeper.stop();
  });

  it('sweeps a minute after the start and then at its interval, not at all with 0, and not after its stop', async () => {
    const { sweeper, files, clock } = setUp({ HEDDLE_SWEEP_MINUTES: '30' });
    sweeper.start();
    await clock.advance(59_000);
    expect(files).toEqual([]);
    await clock.advance(1_000);
    for (let tries = 0; files.length === 0 && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(files).toHaveLength(1);
    for (let tries = 0; clock.pending === 0 && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await clock.advance(30 * 60_000);
    for (let tries = 0; files.length === 1 && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(files).toHaveLength(2);
    await sweeper.stop();
    expect(clock.pending).toBe(0);
    const off = setUp({ HEDDLE_SWEEP_MINUTES: '0' });
    off.sweeper.start();
    expect(off.clock.pending).toBe(0);
  });
});

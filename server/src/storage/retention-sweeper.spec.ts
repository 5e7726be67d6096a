import { createFakeClock } from '@heddle/core/testing';
import { HeddleError } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import type { RetentionLimits, RetentionStep } from '@heddle/adapters/journal';
import { silentLog } from '../heddle/log.js';
import { readSettings } from '../settings/read-settings.js';
import { RetentionSweeper } from './retention-sweeper.js';

const day = 86_400_000;

function setUp(settings: Readonly<Record<string, string>> = {}) {
  const clock = createFakeClock(400 * day);
  let time = 0;
  const asked: RetentionLimits[] = [];
  const files: number[] = [];
  const told: string[] = [];
  let steps: Omit<RetentionStep, 'isDone'>[] = [{ removed: { runs: 20 } }, { removed: { runs: 3 } }, { removed: {} }];
  let fault: HeddleError | undefined;
  const swept: (number | 'forgotten')[] = [];
  let old = 45;
  const sweeper = new RetentionSweeper({
    clock,
    log: silentLog,
    monotonic: () => time,
    settings: readSettings(settings),
    conversations: {
      sweep: (before, limit) => {
        swept.push(before);
        const count = Math.min(old, limit);
        old -= count;
        return count;
      },
      forgetErased: () => void swept.push('forgotten'),
    },
    topics: { changed: (_topic, runId) => told.push(runId) },
    storage: {
      check: () => undefined,
      step: (limits) => {
        if (fault !== undefined) throw fault;
        asked.push(limits);
        const [next = { removed: {} }, ...rest] = steps;
        steps = rest;
        return { ...next, isDone: steps.length === 0 };
      },
      removeRun: () => 'unknown' as const,
      sweepFiles: (before) => {
        files.push(before);
        return Promise.resolve({ files: 2, bytes: 10 });
      },
    },
  });
  const pass = (milliseconds: number): void => {
    time += milliseconds;
    clock.jump(clock.now() + milliseconds);
  };
  const elapse = async (milliseconds: number): Promise<void> => {
    time += milliseconds;
    await clock.advance(milliseconds);
  };
  const fail = (error: HeddleError | undefined) => (fault = error);
  const plan = (next: typeof steps) => (steps = next);
  return { sweeper, clock, asked, files, told, swept, pass, elapse, fail, plan };
}

describe('the sweeper', () => {
  it('removes conversations piece by piece where they are kept for a number of days, and from the log at the end', async () => {
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

  it('removes by the days of each class, and tells what it did', async () => {
    const { sweeper, asked, files, clock } = setUp({ HEDDLE_KEEP_RUNS_DAYS: '10', HEDDLE_KEEP_VALUES_DAYS: '0' });
    await sweeper.sweep();
    const now = clock.now();
    expect(asked).toHaveLength(3);
    expect(asked[0]).toEqual({ runs: now - 10 * day, jobs: now - 30 * day });
    expect(files).toEqual([now - 7 * day]);
    expect(sweeper.describe().lastSweep).toMatchObject({ at: now, removed: { runs: 23, files: 2 } });
    expect(sweeper.describe().classes).toContainEqual({ name: 'values', setting: 'HEDDLE_KEEP_VALUES_DAYS' });
  });

  it.each([400, -400])('removes nothing for a day after the clock was set by %d days', async (days) => {
    const { sweeper, asked, clock, pass } = setUp();
    clock.jump(clock.now() + days * day);
    await sweeper.sweep();
    pass(day / 2);
    await sweeper.sweep();
    expect(asked).toEqual([]);
    expect(sweeper.describe().lastSweep).toMatchObject({ skipped: 'clock' });
    pass(day / 2);
    await sweeper.sweep();
    expect(asked).toHaveLength(3);
  });

  it('says why it could not, and tries again', async () => {
    const { sweeper, fail, pass } = setUp();
    fail(new HeddleError('storage_full', 'The disk is full.'));
    await sweeper.sweep();
    expect(sweeper.describe().lastSweep).toMatchObject({ error: { code: 'storage_full' } });
    fail(undefined);
    pass(1_000);
    await sweeper.sweep();
    expect(sweeper.describe().lastSweep?.error).toBeUndefined();
  });

  it('tells of the runs that went also where it cannot go on', async () => {
    const { sweeper, told, fail, plan } = setUp();
    const broken = new HeddleError('storage_full', 'The disk is full.');
    plan([{ removed: { runs: 2 }, runs: [{ runId: 'a' }, { runId: 'b' }] }, { removed: {} }]);
    const swept = sweeper.sweep();
    fail(broken);
    await swept;
    expect(sweeper.describe().lastSweep).toMatchObject({ removed: { runs: 2 }, error: { code: 'storage_full' } });
    expect(told).toEqual(['a', 'b']);
  });

  it('sweeps a minute after the start and then at its pace, not at all with 0, and not after its end', async () => {
    const { sweeper, files, clock, elapse } = setUp({ HEDDLE_SWEEP_MINUTES: '30' });
    sweeper.start();
    await elapse(59_000);
    expect(files).toEqual([]);
    await elapse(1_000);
    for (let tries = 0; files.length === 0 && tries < 500; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(files).toHaveLength(1);
    await sweeper.stop();
    expect(clock.pending).toBe(0);
    const off = setUp({ HEDDLE_SWEEP_MINUTES: '0' });
    off.sweeper.start();
    expect(off.clock.pending).toBe(0);
  });
});

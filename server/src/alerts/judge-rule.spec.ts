import { describe, expect, it } from '@jest/globals';
import { AlertCondition, bucketOf, type HistogramEntries } from '@heddle/core';
import { FigureSum } from '../dashboard/figure-sum.js';
import { judgeRule, type QualityReader } from './judge-rule.js';

const histogram = (...values: readonly number[]): HistogramEntries =>
  Uint32Array.from(values.flatMap((value) => [bucketOf(value), 1]));
function sumOf(done: number, failed: number, { cost = 0, ms = [] as readonly number[] } = {}): FigureSum {
  const sum = new FigureSum();
  const row = { time: 0, group: 1, model: '', code: '' };
  sum.addRuns({ ...row, status: 'done', runs: done, durations: histogram(...ms) });
  sum.addRuns({ ...row, status: 'failed', runs: failed, durations: histogram() });
  const calls = { calls: 1, failed: 0, inputTokens: 0, outputTokens: 0, firstTokens: histogram() };
  if (cost > 0) sum.addCalls({ ...row, ...calls, currency: 'USD', cost });
  return sum;
}
/** Judges a condition; the keys of `windows` are minutes. */
const judge = (
  condition: object,
  windows: Readonly<Record<number, FigureSum>>,
  quality: QualityReader = () => Promise.resolve({ value: undefined, events: 0 }),
) =>
  judgeRule(
    AlertCondition.parse(condition),
    'USD',
    (minutes) => Promise.resolve(windows[minutes] ?? new FigureSum()),
    quality,
  );

describe('a threshold on what monitors measure', () => {
  const low = { kind: 'threshold', metric: 'score', score: 'judge', is: 'below', value: 0.7, atLeast: 5 };

  it('fires on a low mean of enough runs', async () => {
    const seen: unknown[] = [];
    const of = (value: number | undefined, events: number): QualityReader => {
      return (...asked) => {
        seen.push(asked);
        return Promise.resolve({ value, events });
      };
    };
    expect(await judge(low, {}, of(0.6, 5))).toEqual({ isOver: true, value: 0.6 });
    expect(await judge(low, {}, of(0.7, 5))).toEqual({ isOver: false, value: 0.7 });
    expect(await judge(low, {}, of(0.6, 4))).toEqual({ isOver: undefined, value: 0.6 });
    expect(await judge(low, {}, of(undefined, 0))).toEqual({ isOver: undefined, value: undefined });
    expect(seen[0]).toEqual(['score', 'judge', 15]);
    const drift = { kind: 'threshold', metric: 'drifts', value: 0 };
    expect(await judge(drift, {}, of(1, 1))).toEqual({ isOver: true, value: 1 });
    expect(await judge(drift, {}, of(0, 1))).toEqual({ isOver: false, value: 0 });
  });

  it('refuses a condition on scores that does not name the score', () => {
    expect(AlertCondition.safeParse({ ...low, score: undefined }).success).toBe(false);
  });
});

describe('a threshold', () => {
  const failed = { kind: 'threshold', metric: 'failed-share', value: 0.1, windowMinutes: 5, atLeast: 10 };

  it('fires above its value, and not at it', async () => {
    expect(await judge(failed, { 5: sumOf(8, 2) })).toEqual({ isOver: true, value: 0.2 });
    expect(await judge(failed, { 5: sumOf(9, 1) })).toEqual({ isOver: false, value: 0.1 });
  });

  it('has no verdict on too few runs', async () => {
    expect((await judge(failed, { 5: sumOf(0, 9) })).isOver).toBeUndefined();
    expect(await judge({ ...failed, atLeast: 0 }, {})).toEqual({ isOver: undefined, value: undefined });
  });

  it('fires when fewer runs start than the limit, even none', async () => {
    const silent = { kind: 'threshold', metric: 'runs', is: 'below', value: 3, windowMinutes: 5 };
    expect(await judge(silent, {})).toEqual({ isOver: true, value: 0 });
    expect(await judge(silent, { 5: sumOf(3, 0) })).toEqual({ isOver: false, value: 3 });
  });

  it('compares durations and money with the limit', async () => {
    const slow = { kind: 'threshold', metric: 'duration-p95', value: 1_000, windowMinutes: 5 };
    expect((await judge(slow, { 5: sumOf(2, 0, { ms: [10, 5_000] }) })).isOver).toBe(true);
    const dear = { kind: 'threshold', metric: 'cost', value: 1, windowMinutes: 5 };
    expect((await judge(dear, { 5: sumOf(1, 0, { cost: 2 }) })).isOver).toBe(true);
  });
});

describe('a burn rate', () => {
  const burn = {
    kind: 'burn-rate',
    metric: 'failed-share',
    allowed: 0.01,
    windows: [{ longMinutes: 60, shortMinutes: 5, factor: 14.4 }],
  };

  it('stays a finite number, however small the allowance is', async () => {
    const dear = sumOf(1, 0, { cost: 15 });
    const { value } = await judge({ ...burn, metric: 'cost', allowed: 5e-324 }, { 60: dear, 5: dear });
    expect(value).toBe(Number.MAX_VALUE);
  });

  it('fires when both windows burn, and not when only one does', async () => {
    const bad = sumOf(80, 20);
    const good = sumOf(100, 0);
    expect(await judge(burn, { 60: bad, 5: bad })).toEqual({ isOver: true, value: 20 });
    expect(await judge(burn, { 60: bad, 5: good })).toEqual({ isOver: false, value: 20 });
    expect(await judge(burn, { 60: good, 5: bad })).toMatchObject({ isOver: false });
  });

  it('fires by the slow pair of windows when the quick one is quiet', async () => {
    const usual = { kind: 'burn-rate', metric: 'failed-share', allowed: 0.01 };
    const slow = sumOf(98, 2);
    const quiet = sumOf(100, 0);
    expect((await judge(usual, { 60: quiet, 5: quiet, 360: slow, 30: slow, 4_320: slow })).isOver).toBe(true);
    expect((await judge(usual, { 60: quiet, 5: quiet, 360: quiet, 30: quiet, 4_320: quiet })).isOver).toBe(false);
  });

  it('reads a money allowance as an amount for 30 days', async () => {
    const cost = { ...burn, metric: 'cost', allowed: 720 };
    const dear = sumOf(1, 0, { cost: 15 });
    const cheap = sumOf(1, 0, { cost: 2 });
    expect((await judge(cost, { 60: dear, 5: dear })).value).toBeCloseTo(15);
    expect((await judge(cost, { 60: dear, 5: cheap })).isOver).toBe(true);
  });

  it('refuses meaningless conditions', () => {
    const isRead = (change: object): boolean => AlertCondition.safeParse({ ...burn, ...change }).success;
    expect([{}, { metric: 'slow-share' }, { allowed: 1 }, { allowed: NaN }, { metric: 'mood' }].map(isRead)).toEqual([
      ...[true, false, false, false, false],
    ]);
    expect(isRead({ windows: [{ longMinutes: 5, shortMinutes: 60, factor: 1 }] })).toBe(false);
  });
});

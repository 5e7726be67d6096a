import { describe, expect, it } from '@jest/globals';
import type { MetricInfo } from '../evaluators/evaluator.js';
import { chooseThreshold } from './choose-threshold.js';
import { lossByMetric, lossByVerdict } from './loss-of-row.js';

const metric: MetricInfo = { name: 'm', title: 'M', better: 'higher', unit: 'score' };
const run = (value?: number) => ({ 'run.answered': 1, ...(value === undefined ? {} : { m: value }) });
const failed = { 'run.answered': 0 };

describe('lossByMetric', () => {
  it('is the mean loss of the cheap answer over the repeats, in the direction of the metric', () => {
    expect(lossByMetric([run(0), run(1)], [run(1), run(1)], metric)).toBe(0.5);
    expect(lossByMetric([run(1)], [run(0.25)], metric)).toBe(-0.75);
    expect(lossByMetric([run(0.2)], [run(0.5)], { ...metric, better: 'lower' })).toBeCloseTo(-0.3);
  });

  it('counts a run without an answer as the worst answer, and is undefined if neither answered or a value is missing', () => {
    expect(lossByMetric([failed], [run(0.9)], metric)).toBe(0.9);
    expect(lossByMetric([run(0.9)], [failed], metric)).toBe(-0.9);
    expect(lossByMetric([failed], [failed], metric)).toBeUndefined();
    expect(lossByMetric([run()], [run(1)], metric)).toBeUndefined();
    expect(lossByMetric([], [run(1)], metric)).toBeUndefined();
  });

  it('maps the verdict of a judge to a loss from -1 to 1', () => {
    expect([1, 0.5, 0].map(lossByVerdict)).toEqual([-1, 0, 1]);
  });
});

describe('chooseThreshold', () => {
  const rows = (count: number, lossAt: (at: number) => number) =>
    Array.from({ length: count }, (_, at) => ({ difficulty: at / count, loss: lossAt(at) }));

  const choose = (count: number, lossAt: (at: number) => number, limit: number) =>
    chooseThreshold(rows(count, lossAt), limit, count);

  it('accepts requests that lose little, as long as the limit of the loss is confirmed', () => {
    const found = choose(2_000, (at) => (at < 1_400 ? 0 : 1), 0.02);
    expect(found?.count).toBeGreaterThanOrEqual(1_400);
    expect(found?.count).toBeLessThan(1_430);
    // If fewer requests were measured, the limit is confirmed for fewer.
    const rowsOfHalf = rows(2_000, (at) => (at < 1_400 ? 0 : 1));
    expect(chooseThreshold(rowsOfHalf, 0.02, 300)?.count).toBeLessThan(found?.count ?? 0);
  });

  it('accepts all requests if the cheap variant always wins, and none if it always loses', () => {
    expect(choose(100, () => -1, 0)).toEqual({ threshold: 1, count: 100 });
    expect(choose(100, () => 1, 0.02)).toBeUndefined();
  });

  it('does not confirm a limit of 2 points from 60 requests without a loss, but does from 200', () => {
    expect(choose(60, () => 0, 0.02)).toBeUndefined();
    expect(choose(200, () => 0, 0.02)?.count).toBe(200);
  });

  it('does not separate requests of equal difficulty', () => {
    const same = Array.from({ length: 500 }, (_, at) => ({ difficulty: 0.5, loss: at < 100 ? 1 : 0 }));
    expect(chooseThreshold(same, 0.1, 500)).toBeUndefined();
    expect(chooseThreshold(same, 0.3, 500)).toEqual({ threshold: 1, count: 500 });
    expect(chooseThreshold([], 0.5, 10)).toBeUndefined();
  });
});

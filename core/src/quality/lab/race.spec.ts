import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../statistics/index.js';
import { bestOf, compareScores, compareWithFirst, isProvedWorse, raceStep } from './race.js';

/** Scores of a configuration that finds the document at a random rank. */
function scores(count: number, share: number, seed: number): number[] {
  const { below } = createRandom(seed);
  return Array.from({ length: count }, () => (below(1_000) < share * 1_000 ? 1 / (1 + below(4)) : 0));
}

/** Whether a race over 200 questions stops the challenger. */
function isStopped(best: readonly number[], challenger: readonly number[]): boolean {
  const checks = Math.floor((best.length - 1) / raceStep);
  for (let check = 1; check <= checks; check += 1)
    if (isProvedWorse({ best, challenger: challenger.slice(0, check * raceStep), checks })) return true;
  return false;
}

describe('a race', () => {
  it('stops a configuration that is as good as the best one in at most 1 % of 1,000 races', () => {
    let stopped = 0;
    for (let race = 0; race < 1_000; race += 1)
      if (isStopped(scores(200, 0.7, 2 * race + 1), scores(200, 0.7, 2 * race + 2))) stopped += 1;
    // 10 are expected at most; 20 is beyond three standard deviations.
    expect(stopped).toBeLessThanOrEqual(20);
  });

  it('stops a configuration that is clearly worse, and never one with the same scores', () => {
    const best = scores(200, 0.9, 1);
    expect(isStopped(best, scores(200, 0.3, 2))).toBe(true);
    expect(isStopped(best, best)).toBe(false);
  });
});

describe('the best configuration', () => {
  const base = scores(200, 0.5, 3);
  const best = (of: ReadonlyMap<number, readonly number[]>, tried: number) =>
    bestOf(of, [...compareWithFirst(of, { first: 1, tried, seed: 1 })], { first: 1 });

  it('is called better only if interval and test prove it after the correction', () => {
    const better = base.map((value) => Math.min(1, value + 0.3));
    const found = best(
      new Map([
        [1, base],
        [2, better],
      ]),
      40,
    );
    expect(found).toMatchObject({ number: 2, verdict: 'better' });
    expect(found?.difference).toBeCloseTo(
      better.reduce((sum, value, at) => sum + value - (base[at] ?? 0), 0) / 200,
      10,
    );
    const slightly = base.map((value, at) => (at === 7 ? value + 0.01 : value));
    expect(
      best(
        new Map([
          [1, base],
          [3, slightly],
        ]),
        40,
      ),
    ).toMatchObject({
      number: 3,
      verdict: 'undecided',
    });
  });

  it('is the present configuration if nothing beats it, and undefined if that one has no scores', () => {
    const worse = base.map((value) => value / 2);
    expect(
      best(
        new Map([
          [1, base],
          [2, worse],
        ]),
        2,
      ),
    ).toMatchObject({
      number: 1,
      difference: 0,
      verdict: 'same',
    });
    expect(best(new Map([[2, worse]]), 2)).toBeUndefined();
  });

  it('comes with the comparison of each configuration with the present one: better, worse or undecided', () => {
    const of = new Map([
      [1, base],
      [2, base.map((value) => Math.min(1, value + 0.3))],
      [3, base.map((value) => value / 4)],
      [4, base],
    ]);
    const found = [...compareWithFirst(of, { first: 1, tried: 4, seed: 1 })];
    expect(found.map(({ number, verdict }) => [number, verdict])).toEqual([
      [2, 'better'],
      [3, 'worse'],
      [4, 'undecided'],
    ]);
    expect(found[2]).toMatchObject({ difference: 0, p: 1 });
    expect(found[1]?.interval?.high).toBeLessThan(0);
    // More comparisons make each one harder to prove.
    const alone = compareScores(base, scores(200, 0.6, 8), { comparisons: 1, seed: 1 });
    const many = compareScores(base, scores(200, 0.6, 8), { comparisons: 100, seed: 1 });
    expect(many.p).toBeGreaterThanOrEqual(alone.p);
    expect(many.interval?.low).toBeLessThan(alone.interval?.low ?? -1);
  });
});

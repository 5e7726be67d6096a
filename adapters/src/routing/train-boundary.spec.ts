import { createRandom, difficultyOf, runThrough, type Random } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { trainBoundarySteps, type TrainingRow } from './train-boundary.js';

const width = 12;

/** Requests whose chance of a loss grows along one direction; `steepness` 0 hides it. */
function requests(count: number, random: Random, steepness = 6, middle = 0.6): TrainingRow[] {
  return Array.from({ length: count }, () => {
    const input = Float32Array.from({ length: width }, () => random.normal());
    const length = Math.sqrt(input.reduce((sum, value) => sum + value * value, 0));
    const unit = input.map((value) => value / length);
    const chance = 1 / (1 + Math.exp(-steepness * ((unit[0] ?? 0) - middle)));
    const drawn = random.uniform();
    return { input: unit, loss: drawn < chance ? 1 : drawn < chance + 0.05 ? -1 : 0 };
  });
}

const train = (rows: readonly TrainingRow[], maxLoss: number) => runThrough(trainBoundarySteps(rows, maxLoss));

describe('trainBoundarySteps', () => {
  it('finds the requests that the cheap variant answers well, and loses far less than a random choice', () => {
    const { policy, always, threshold } = train(requests(800, createRandom(7), 14, 0.2), 3);
    expect(always.loss).toBeGreaterThan(20);
    expect(threshold).toBeGreaterThan(0);
    expect(policy.share).toBeGreaterThan(0.35);
    expect(policy.high).toBeLessThan(6);
    // A random choice with this share loses that part of the whole loss.
    expect(policy.loss).toBeLessThan((policy.share * always.loss) / 3);
  });

  it('promises an upper bound that the loss on new requests rarely exceeds', () => {
    const random = createRandom(11);
    let broken = 0;
    const trainings = 40;
    for (let training = 0; training < trainings; training += 1) {
      const { policy, threshold = -1, ...boundary } = train(requests(150, random, 10, 0.3), 5);
      const fresh = requests(4_000, random, 10, 0.3);
      const lost = fresh.map(({ input, loss }) => ((difficultyOf(boundary, input) ?? 1) <= threshold ? loss : 0));
      const truth = (100 * lost.reduce((sum, loss) => sum + loss, 0)) / fresh.length;
      if (truth > policy.high) broken += 1;
    }
    // The upper end of a two-sided 95 % interval is exceeded once in 40; the binomial error is allowed.
    expect(broken).toBeLessThanOrEqual(3);
  });

  it('sends nothing to a cheap variant that always loses, and everything to one that never loses', () => {
    const random = createRandom(3);
    const rows = requests(200, random);
    const worse = train(
      rows.map(({ input }) => ({ input, loss: 1 })),
      2,
    );
    expect([worse.threshold, worse.policy]).toEqual([undefined, expect.objectContaining({ share: 0, loss: 0 })]);
    const equal = train(
      rows.map(({ input }) => ({ input, loss: 0 })),
      5,
    );
    expect([equal.threshold, equal.policy.share, equal.policy.loss]).toEqual([1, 1, 0]);
    // 200 requests without a loss do not prove that there is none.
    expect(equal.policy.high).toBeGreaterThan(1);
  });

  it('promises nothing on few requests, and finds no boundary when none exists', () => {
    const few = train(
      requests(60, createRandom(5)).map(({ input }) => ({ input, loss: 0 })),
      1,
    );
    expect(few.threshold).toBeUndefined();
    const { policy, always } = train(requests(300, createRandom(9), 0, 0), 2);
    expect(policy.loss).toBeLessThan(Math.max(3, always.loss));
    expect(policy.share).toBeLessThan(0.2);
  });

  it('is deterministic, and its curve goes from few requests to all', () => {
    const rows = requests(120, createRandom(2));
    const once = train(rows, 4);
    const again = train(rows, 4);
    expect(again).toEqual(once);
    const shares = once.curve.map(({ share }) => share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(once.curve.at(-1)).toMatchObject({ share: 1, loss: once.always.loss });
    for (const { low, high, loss } of once.curve) expect(low <= loss && loss <= high).toBe(true);
  });
});

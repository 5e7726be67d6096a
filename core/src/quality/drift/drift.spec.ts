import { describe, expect, it } from '@jest/globals';
import { createRandom, type Random } from '../statistics/random.js';
import { compareSamples, driftChecks } from './compare-samples.js';
import { countsTest } from './counts-test.js';
import type { DriftFinding, DriftSample } from './drift.js';
import { driftText } from './drift-text.js';
import { energyTest } from './energy-distance.js';
import { ksTest } from './kolmogorov-smirnov.js';

/** Runs a test without its pauses. */
function finish<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

interface World {
  readonly shift?: number;
  readonly length?: number;
  readonly answer?: number;
  readonly score?: number;
  readonly refusals?: number;
  readonly route?: number;
}

/** A run of a made-up workflow. */
function sampleOf(random: Random, runId: string, world: World = {}): DriftSample {
  const { shift = 0, length = 1, answer = 1, score = 0, refusals = 0.1, route = 0.3 } = world;
  return {
    runId,
    vector: Float32Array.from({ length: 4 }, () => random.normal() + shift),
    inputLength: Math.round(80 * length * Math.exp(random.normal() / 2)),
    answerLength: Math.round(300 * answer * Math.exp(random.normal() / 2)),
    topScore: 0.6 + random.normal() / 10 - score,
    isRefused: random.uniform() < refusals,
    route: random.uniform() < route ? 'search, answer' : random.uniform() < 0.01 ? 'rare' : '',
  };
}
const samplesOf = (random: Random, count: number, world?: World): DriftSample[] =>
  Array.from({ length: count }, (_, at) => sampleOf(random, `run-${at}`, world));

describe('the test of Kolmogorov and Smirnov', () => {
  it('gives exact p-values', () => {
    // Two of the C(6, 3) = 20 orders of three and three values have the distance 1, and two of the C(10, 5) of five and five.
    expect(ksTest([1, 2, 3], [4, 5, 6])).toEqual({ distance: 1, p: expect.closeTo(0.1, 12) });
    expect(ksTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).p).toBeCloseTo(2 / 252, 12);
    expect(ksTest([1, 2, 3], [1, 2, 3])).toEqual({ distance: 0, p: 1 });
  });

  it('agrees with counting all orders, also with equal values', () => {
    const first = [1, 2, 2, 3];
    const second = [2, 3, 3, 4, 5];
    const pooled = [...first, ...second];
    const { distance, p } = ksTest(first, second);
    let reached = 0;
    let all = 0;
    for (let bits = 0; bits < 2 ** pooled.length; bits += 1) {
      const one = pooled.filter((_, at) => (bits >> at) % 2 === 1);
      if (one.length !== first.length) continue;
      all += 1;
      const other = pooled.filter((_, at) => (bits >> at) % 2 === 0);
      if (ksTest(one, other).distance >= distance - 1e-12) reached += 1;
    }
    expect(p).toBeCloseTo(reached / all, 12);
  });

  it('keeps very small p-values, and refuses NaN and empty samples', () => {
    const low = Array.from({ length: 200 }, (_, at) => at);
    const { p } = ksTest(
      low,
      low.map((value) => value + 1_000),
    );
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-100);
    expect(() => ksTest([Number.NaN], [1])).toThrow(RangeError);
    expect(() => ksTest([], [1])).toThrow(RangeError);
  });
});

describe('permutation tests', () => {
  it('compute the energy distance by its definition', () => {
    const first = [Float32Array.of(0), Float32Array.of(2)];
    const second = [Float32Array.of(1), Float32Array.of(5), Float32Array.of(6)];
    // Twice the mean distance between the samples, less the mean distance within each, over all ordered pairs.
    const between = (1 + 5 + 6 + 1 + 3 + 4) / 6;
    const wanted = 2 * between - (2 * 2) / 4 - (2 * (4 + 5 + 1)) / 9;
    expect(finish(energyTest(first, second, createRandom(1))).distance).toBeCloseTo(wanted, 9);
  });

  it('agree with an exact count of all choices of the second sample', () => {
    const values = [0, 1, 3, 7, 8, 12, 13];
    const vectors = values.map((value) => Float32Array.of(value));
    const distance = (members: readonly number[]): number => {
      const a = values.filter((_, at) => !members.includes(at));
      const b = members.map((at) => values[at] ?? 0);
      const mean = (x: readonly number[], y: readonly number[]): number =>
        x.flatMap((one) => y.map((other) => Math.abs(one - other))).reduce((sum, one) => sum + one, 0) /
        (x.length * y.length);
      return 2 * mean(a, b) - mean(a, a) - mean(b, b);
    };
    const triples = values.flatMap((_, a) => values.flatMap((__, b) => values.map((___, c) => [a, b, c])));
    const chosen = triples.filter(([a = 0, b = 0, c = 0]) => a < b && b < c);
    const exact = chosen.filter((one) => distance(one) >= distance([4, 5, 6]) - 1e-9).length / chosen.length;
    const { p } = finish(energyTest(vectors.slice(0, 4), vectors.slice(4), createRandom(2), { enough: 20_000 }));
    expect(p).toBeCloseTo(exact, 1);
  });

  it("compute Pearson's chi-square, and stay valid for rare choices", () => {
    const list = (a: number, b: number): string[] => [...Array<string>(a).fill('a'), ...Array<string>(b).fill('b')];
    // (20, 30) against (30, 20): four cells that are each off by 5 of 25.
    expect(finish(countsTest(list(20, 30), list(30, 20), createRandom(3))).statistic).toBeCloseTo(4, 9);
    expect(finish(countsTest(list(50, 0), list(49, 1), createRandom(4))).p).toBeGreaterThan(0.9);
    expect(finish(countsTest(list(50, 0), list(0, 50), createRandom(5))).p).toBeCloseTo(1e-4, 6);
  });
});

describe('drift', () => {
  it('raises no alarm in 95 % of months without a difference', () => {
    const months = 100;
    let alarms = 0;
    for (let seed = 1; seed <= months; seed += 1) {
      const random = createRandom(seed);
      const reference = samplesOf(random, 40);
      let isRaised = false;
      for (let check = 0; check < driftChecks && !isRaised; check += 1)
        isRaised = finish(compareSamples(reference, samplesOf(random, 30), seed * 100 + check)).some(
          ({ isDrifted }) => isDrifted,
        );
      if (isRaised) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(months * 0.05);
  }, 120_000);

  const planted: readonly (readonly [DriftFinding['kind'], World])[] = [
    ['inputs', { shift: 0.7 }],
    ['retrieval', { score: 0.1 }],
    ['refusals', { refusals: 0.4 }],
    ['input-length', { length: 2 }],
    ['answer-length', { answer: 0.5 }],
    ['routes', { route: 0.7 }],
  ];
  it.each(planted)('finds a planted shift of %s in 20 of 20 seeds, and names runs that show it', (kind, world) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = createRandom(seed);
      const found = finish(compareSamples(samplesOf(random, 200), samplesOf(random, 100, world), seed));
      const drifted = found.filter(({ isDrifted }) => isDrifted);
      expect(drifted.map((one) => one.kind)).toContain(kind);
      const finding = drifted.find((one) => one.kind === kind);
      expect(finding?.examples).toHaveLength(5);
      expect(driftText(finding as DriftFinding)).toMatch(/^(Inputs|Passages|Refusals|Answers|Runs) /);
    }
  });

  it('compares only facts that both samples contain often enough', () => {
    const random = createRandom(1);
    const bare = samplesOf(random, 50).map(({ runId, inputLength, route }) => ({ runId, inputLength, route }));
    const kinds = (list: readonly DriftFinding[]): string[] => list.map(({ kind }) => kind);
    expect(kinds(finish(compareSamples(bare, samplesOf(random, 50), 1)))).toEqual(['input-length', 'routes']);
    expect(finish(compareSamples(bare.slice(0, 29), bare, 1))).toEqual([]);
    expect(finish(compareSamples([], [], 1))).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { createRandom, type Random } from '../statistics/random.js';
import { extendFigures, figuresKey, metricsOf, startFigures, type AbFigures } from './ab-figures.js';
import { abMetricInfo, type AbMetric } from './ab-metrics.js';
import { callersForDifference } from './callers-needed.js';
import { isValueOf } from './ab-series.js';
import { armsProblem, firstSlices, moveShares, versionAt, type AbArm } from './ab-slices.js';
import type { AbGuard, AbTest } from './ab-test.js';
import { decideAb, reportAb } from './judge-ab.js';

const armsOf = (...shares: readonly number[]): AbArm[] => shares.map((share, index) => ({ version: index + 1, share }));

function testOf(primary: AbMetric | undefined, options: Partial<AbTest> = {}): AbTest {
  return {
    id: 't',
    kind: 'ab',
    workflowId: 'w',
    revision: 1,
    note: '',
    control: 1,
    arms: armsOf(0.5, 0.5),
    sticky: 'caller',
    primary,
    guards: [],
    minRuns: 20,
    promote: 'automatic',
    startedAt: 0,
    startedBy: 'local',
    rollbacks: [],
    ...options,
  };
}

/** Counts values as a store does. */
class Counter {
  readonly counts = new Map<string, AbFigures>();
  constructor(readonly test: AbTest) {}

  add(version: number, name: string, value: number | undefined, isFirst = true): void {
    const metric = metricsOf(this.test).find((one) => one.name === name);
    if (metric === undefined) throw new Error(`The test has no ${name}`);
    const key = figuresKey(version, name);
    const before = this.counts.get(key) ?? startFigures(this.test, metric);
    this.counts.set(key, extendFigures(before, metric.unit, value, isFirst));
  }
}

describe('the slices of arms', () => {
  it('gives each arm its share, and a canary the first callers', () => {
    const slices = firstSlices(armsOf(0.5, 0.3, 0.2), 1);
    const counts = new Map<number | undefined, number>();
    for (let step = 0; step < 10_000; step += 1) {
      const version = versionAt(slices, (step + 0.5) / 10_000);
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ 1: 5_000, 2: 3_000, 3: 2_000 });
    expect(firstSlices(armsOf(0.9, 0.1), 1)).toEqual([
      { version: 2, until: 1_000 },
      { version: 1, until: 10_000 },
    ]);
  });

  it('moves as few callers as the new shares allow', () => {
    const random = createRandom(5);
    let arms = armsOf(0.2, 0.2, 0.2, 0.2, 0.2);
    let slices = firstSlices(arms, 1);
    for (let round = 0; round < 50; round += 1) {
      const weights = arms.map(() => Math.floor(random.uniform() * 2_000));
      const rest = weights.slice(1).reduce((sum, weight) => sum + weight, 0);
      const next = arms.map(({ version }, index) => ({
        version,
        share: index === 0 ? (10_000 - rest) / 10_000 : (weights[index] ?? 0) / 10_000,
      }));
      const moved = moveShares(slices, next);
      let changed = 0;
      for (let step = 0; step < 10_000; step += 1)
        if (versionAt(slices, (step + 0.5) / 10_000) !== versionAt(moved, (step + 0.5) / 10_000)) changed += 1;
      const least = next.reduce(
        (sum, { share }, index) => sum + Math.max(0, Math.round((share - (arms[index]?.share ?? 0)) * 10_000)),
        0,
      );
      expect(changed).toBe(least);
      expect(moved.at(-1)?.until).toBe(10_000);
      [slices, arms] = [moved, next];
    }
  });

  it('refuses shares that do not add up to 1, and a version in two arms', () => {
    expect(armsProblem(armsOf(0.5, 0.4))).toBe('The shares add up to 90.00 %, not to 100 %.');
    expect(armsProblem([...armsOf(0.5), { version: 1, share: 0.5 }])).toBe('Each version can be only one arm.');
    expect(armsProblem(armsOf(0.1, 0.2, 0.7))).toBeUndefined();
  });
});

/** The share of seeded A/A tests that name a winner or a worse arm after any run. */
function falseFindings(
  seed: number,
  primary: AbMetric,
  arms: number,
  draw: (random: Random) => number,
  runs: number,
): number {
  const random = createRandom(seed);
  const simulations = 1_000;
  const test = testOf(primary, { arms: armsOf(...Array.from({ length: arms }, () => 1 / arms)) });
  const metric = abMetricInfo(primary);
  let found = 0;
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const counter = new Counter(test);
    for (let run = 0; run < runs; run += 1) {
      counter.add(1 + Math.floor(random.uniform() * arms), primary.name, draw(random));
      // `decideAb` names only a better arm. With the metric reversed, it names the worse one.
      const reversed = {
        ...test,
        primary: { ...primary, better: metric.better === 'higher' ? 'lower' : 'higher' } as const,
      };
      if ([test, reversed].some((one) => decideAb(one, counter.counts).winner !== undefined)) {
        found += 1;
        break;
      }
    }
  }
  return found / simulations;
}

describe('1,000 A/A tests that are read after each run', () => {
  it.each<[string, AbMetric, number, (random: Random) => number, number]>([
    ['checks', { name: 'score:passed', unit: 'check' }, 2, (random) => (random.uniform() < 0.3 ? 1 : 0), 300],
    ['scores', { name: 'score:helpful' }, 2, (random) => random.uniform(), 300],
    ['latencies', { name: 'score:ms', unit: 'ms' }, 2, (random) => 300 * Math.exp(random.normal()), 500],
    ['five arms', { name: 'score:passed', unit: 'check' }, 5, (random) => (random.uniform() < 0.3 ? 1 : 0), 300],
  ])('finds a difference between equal arms in at most 5 %% of the tests: %s', (_, primary, arms, draw, runs) => {
    expect(falseFindings(31, primary, arms, draw, runs)).toBeLessThanOrEqual(0.05);
  });
});

describe('a planted difference', () => {
  it('makes the better arm the winner, and no other', () => {
    const test = testOf({ name: 'feedback' }, { arms: armsOf(0.4, 0.3, 0.3) });
    const counter = new Counter(test);
    const random = createRandom(41);
    let winner: number | undefined;
    for (let run = 0; run < 3_000 && winner === undefined; run += 1) {
      const version = 1 + (run % 3);
      counter.add(version, 'feedback', random.uniform() < (version === 3 ? 0.85 : 0.55) ? 1 : 0);
      winner = decideAb(test, counter.counts).winner;
    }
    expect(winner).toBe(3);
    const report = reportAb(test, counter.counts);
    expect(report.verdict).toMatchObject({ kind: 'winner', version: 3 });
    expect(report.verdict.text).toMatch(/^Version 3 is better than version 1 in Feedback, by \+\d/);
    expect(report.level).toBeCloseTo(0.975, 10);
  });

  const guards: readonly [string, AbGuard, string, (version: number, random: Random) => number][] = [
    [
      'fails too often',
      { metric: { name: 'errors' }, against: 'limit', value: 0.1 },
      'errors',
      (version, random) => (random.uniform() < (version === 2 ? 0.4 : 0.02) ? 1 : 0),
    ],
    [
      'is slow, in fewer than 120 runs',
      { metric: { name: 'ms' }, against: 'limit', value: 1_000 },
      'ms',
      (version, random) => (version === 2 ? 5_000 : 300) * (0.5 + random.uniform()),
    ],
    [
      'is worse than the control',
      { metric: { name: 'feedback' }, against: 'control', value: 0.05 },
      'feedback',
      (version, random) => (random.uniform() < (version === 2 ? 0.3 : 0.9) ? 1 : 0),
    ],
    [
      'costs more than the control',
      { metric: { name: 'cost' }, against: 'control', value: 0.001 },
      'cost',
      (version, random) => (version === 2 ? 0.02 : 0.01) * (0.5 + random.uniform()),
    ],
  ];
  it.each(guards)('rolls back an arm that %s', (_, guard, metric, draw) => {
    const test = testOf(undefined, { guards: [guard] });
    const counter = new Counter(test);
    const random = createRandom(43);
    let runs = 0;
    while (decideAb(test, counter.counts).rollBack.length === 0 && runs < 2_000) {
      runs += 1;
      // All runs have the same caller: guards count runs, not callers.
      counter.add(1 + (runs % 2), metric, draw(1 + (runs % 2), random), runs < 3);
    }
    const [rolledBack] = decideAb(test, counter.counts).rollBack;
    expect(rolledBack).toMatchObject({ version: 2 });
    expect(rolledBack?.reason).toContain('allowed: ');
    if (metric === 'ms') expect(runs).toBeLessThan(120);
  });
});

it.each<[AbMetric]>([[{ name: 'score:passed', unit: 'check' }], [{ name: 'score:helpful' }]])(
  'finds a difference in most tests with the computed number of callers: %j',
  (primary) => {
    const { unit } = abMetricInfo(primary);
    const callers = callersForDifference({ unit, difference: 0.2, deviation: 0.5 }, 0.95) ?? 0;
    const random = createRandom(51);
    const test = testOf(primary);
    let found = 0;
    for (let simulation = 0; simulation < 100; simulation += 1) {
      const counter = new Counter(test);
      for (let caller = 0; caller < callers; caller += 1)
        for (const version of [1, 2])
          counter.add(version, primary.name, random.uniform() < (version === 1 ? 0.4 : 0.6) ? 1 : 0);
      if (decideAb(test, counter.counts).winner === 2) found += 1;
    }
    expect(found).toBeGreaterThan(75);
  },
);

describe('an A/B test', () => {
  it('gives no mean for an arm without valid values, and does not count missing values as 0', () => {
    const test = testOf({ name: 'score:helpful' });
    const counter = new Counter(test);
    for (let run = 0; run < 200; run += 1) counter.add(1, 'score:helpful', run % 2 === 0 ? undefined : 0.9);
    counter.add(2, 'score:helpful', Number.NaN);
    counter.add(2, 'score:helpful', 7);
    const { arms, verdict } = reportAb(test, counter.counts);
    const found = arms.map(({ metrics }) => metrics.find(({ metric }) => metric === 'score:helpful'));
    expect(found[0]).toMatchObject({ runs: 100, missing: 100, callers: 100, mean: expect.closeTo(0.9, 9) });
    expect(found[1]).toMatchObject({ runs: 0, missing: 2, callers: 0, mean: undefined, differenceInterval: undefined });
    expect(verdict).toMatchObject({ kind: 'too-early', text: expect.stringContaining('0 of 20') });
    expect([isValueOf('check', 0.5), isValueOf('ms', -1), isValueOf('USD', Infinity)]).toEqual([false, false, false]);
  });

  it('is not decided by many runs of one caller', () => {
    const test = testOf({ name: 'feedback' });
    const counter = new Counter(test);
    for (let run = 0; run < 500; run += 1) {
      counter.add(1, 'feedback', 0, run === 0);
      counter.add(2, 'feedback', 1, run === 0);
    }
    expect(decideAb(test, counter.counts).winner).toBeUndefined();
    expect(reportAb(test, counter.counts).verdict.text).toContain('has 1 of 20');
  });

  it('names no winner that breaks a guard', () => {
    const guard: AbGuard = { metric: { name: 'errors' }, against: 'limit', value: 0.1 };
    const test = testOf({ name: 'feedback' }, { guards: [guard] });
    const counter = new Counter(test);
    for (let run = 0; run < 100; run += 1) {
      counter.add(1, 'feedback', 0);
      counter.add(2, 'feedback', 1);
    }
    expect(decideAb(test, counter.counts)).toEqual({ rollBack: [], winner: 2 });
    for (let run = 0; run < 50; run += 1) counter.add(2, 'errors', run % 2);
    expect(decideAb(test, counter.counts)).toMatchObject({ rollBack: [{ version: 2 }], winner: undefined });
  });

  it('says that the control is better where every arm is worse', () => {
    const test = testOf({ name: 'feedback' });
    const counter = new Counter(test);
    for (let run = 0; run < 100; run += 1) {
      counter.add(1, 'feedback', 1);
      counter.add(2, 'feedback', 0);
    }
    expect(reportAb(test, counter.counts).verdict).toMatchObject({ kind: 'worse', version: 1 });
  });
});

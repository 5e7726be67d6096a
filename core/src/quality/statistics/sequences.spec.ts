import { describe, expect, it } from '@jest/globals';
import { createRandom, type Random } from './random.js';
import { boundedInterval, extendBoundedSequence, startBoundedSequence } from './sequence-bounded.js';
import { evidenceAgainst, proportionsInterval, type Arms } from './sequence-proportions.js';
import { extendUnboundedSequence, startUnboundedSequence, unboundedInterval } from './sequence-unbounded.js';

/** Seeded A/A tests of two equal variants. Each is read after every row, where a fixed interval is wrong too often. */
const simulations = 10_000;
const rows = 200;

/** The share of simulated tests that call equal variants different at any row. */
function falseFindings(seed: number, finds: (random: Random) => boolean): number {
  const random = createRandom(seed);
  let found = 0;
  for (let simulation = 0; simulation < simulations; simulation += 1) if (finds(random)) found += 1;
  return found / simulations;
}

function boundedFinds(draw: (random: Random) => number, random: Random): boolean {
  let sequence = startBoundedSequence();
  for (let row = 0; row < rows; row += 1) {
    sequence = extendBoundedSequence(sequence, [draw(random)]);
    const { low, high } = boundedInterval(sequence);
    if (low > 0 || high < 0) return true;
  }
  return false;
}

function unboundedFinds(draw: (random: Random) => number, random: Random): boolean {
  let sequence = startUnboundedSequence();
  for (let row = 0; row < 2 * rows; row += 1) {
    sequence = extendUnboundedSequence(sequence, [draw(random)]);
    const interval = unboundedInterval(sequence);
    if (interval !== undefined && (interval.low > 0 || interval.high < 0)) return true;
  }
  return false;
}

/**
 * The arms are read after every tenth request by their evidence, which reaches its bound where the interval ends (the last describe tests
 * that).
 */
function armsFind(rate: number, shareOfFirst: number, random: Random): boolean {
  const first = { successes: 0, rows: 0 };
  const second = { successes: 0, rows: 0 };
  for (let row = 1; row <= rows; row += 1) {
    const arm = random.uniform() < shareOfFirst ? first : second;
    arm.rows += 1;
    if (random.uniform() < rate) arm.successes += 1;
    if (row % 10 === 0 && evidenceAgainst({ first, second }, 0) >= Math.log(20)) return true;
  }
  return false;
}

const coin = (random: Random): number => (random.uniform() < 0.5 ? 0 : 1);

describe('the sequential intervals of 10,000 A/A tests', () => {
  it.each<[string, (random: Random) => number]>([
    ['pass and fail', (random) => coin(random) - coin(random)],
    ['rare differences', (random) => (random.uniform() < 0.05 ? 2 * coin(random) - 1 : 0)],
    ['even scores', (random) => random.uniform() - random.uniform()],
  ])('keep their level for bounded differences: %s', (_, draw) => {
    expect(falseFindings(11, (random) => boundedFinds(draw, random))).toBeLessThanOrEqual(0.05);
  });

  it.each<[string, (random: Random) => number]>([
    ['normal', (random) => random.normal()],
    ['latencies', (random) => Math.exp(random.normal()) - Math.exp(random.normal())],
    ['one-sided tails', (random) => -Math.log(1 - random.uniform()) - 1],
  ])('keep their level for differences without bounds: %s', (_, draw) => {
    expect(falseFindings(12, (random) => unboundedFinds(draw, random))).toBeLessThanOrEqual(0.05);
  });

  it.each([
    [0.5, 0.5],
    [0.03, 0.5],
    [0.9, 0.2],
  ])('keep their level for a difference of proportions at %d with a share of %d', (rate, share) => {
    expect(falseFindings(13, (random) => armsFind(rate, share, random))).toBeLessThanOrEqual(0.05);
  });

  it('are wrong too often with a fixed interval, so the simulation can fail', () => {
    const share = falseFindings(14, (random) => {
      let sum = 0;
      for (let row = 1; row <= rows; row += 1) {
        sum += random.normal();
        if (row >= 20 && Math.abs(sum / row) > 1.96 / Math.sqrt(row)) return true;
      }
      return false;
    });
    expect(share).toBeGreaterThan(0.15);
  });
});

describe('a sequential interval', () => {
  it('finds a true difference, and is not much wider than a fixed interval', () => {
    const random = createRandom(21);
    const differences = Array.from({ length: 2_000 }, () => Math.min(1, Math.max(-1, 0.1 + 0.2 * random.normal())));
    const fixed = 2 * 1.96 * (0.2 / Math.sqrt(2_000));
    const bounded = boundedInterval(extendBoundedSequence(startBoundedSequence(), differences));
    const unbounded = unboundedInterval(extendUnboundedSequence(startUnboundedSequence(), differences));
    for (const { low, high } of [bounded, unbounded ?? { low: 0, high: 0 }]) {
      expect(low).toBeGreaterThan(0.05);
      expect(low).toBeLessThan(0.1);
      expect(high).toBeGreaterThan(0.1);
      expect((high - low) / fixed).toBeLessThan(2.5);
    }
  });

  it('continues from stored data as if it had never been stored', () => {
    const values = [0.2, -0.4, 0.9, 0, 0.3];
    const stored: unknown = JSON.parse(
      JSON.stringify(extendBoundedSequence(startBoundedSequence(), values.slice(0, 2))),
    );
    const resumed = extendBoundedSequence(stored as ReturnType<typeof startBoundedSequence>, values.slice(2));
    expect(resumed).toEqual(extendBoundedSequence(startBoundedSequence(), values));
  });

  it('is the whole range, or undefined, before there are rows', () => {
    const none = { successes: 0, rows: 0 };
    expect(boundedInterval(startBoundedSequence())).toEqual({ low: -1, high: 1 });
    expect(unboundedInterval(startUnboundedSequence())).toBeUndefined();
    expect(proportionsInterval({ first: none, second: none })).toEqual({ low: -1, high: 1 });
  });

  it('of proportions ends where the evidence reaches its bound', () => {
    const arms: Arms = { first: { successes: 30, rows: 90 }, second: { successes: 70, rows: 100 } };
    const { low, high } = proportionsInterval(arms);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(0.3667);
    expect(high).toBeGreaterThan(0.3667);
    for (const end of [low, high]) expect(evidenceAgainst(arms, end)).toBeCloseTo(Math.log(20), 6);
  });

  it('exists for arms in which all requests succeed or all fail', () => {
    const { low, high } = proportionsInterval({
      first: { successes: 0, rows: 50 },
      second: { successes: 50, rows: 50 },
    });
    expect(low).toBeGreaterThan(0.6);
    expect(high).toBe(1);
  });

  it('refuses values that are not numbers or not in the bounds, and impossible counts', () => {
    expect(() => extendBoundedSequence(startBoundedSequence(), [Number.NaN])).toThrow('Value 0 is NaN');
    expect(() => extendBoundedSequence(startBoundedSequence(), [1.5])).toThrow('1.5 is not between -1 and 1');
    expect(() => extendUnboundedSequence(startUnboundedSequence(), [1, Infinity])).toThrow('Value 1 is Infinity');
    expect(() => startBoundedSequence({ level: 95 })).toThrow('The level is 95');
    const fine = { successes: 1, rows: 2 };
    expect(() => proportionsInterval({ first: fine, second: { successes: 3, rows: 2 } })).toThrow('second arm has 3');
  });
});

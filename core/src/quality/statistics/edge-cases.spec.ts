import { describe, expect, it } from '@jest/globals';
import { bootstrapMean, bootstrapMeans } from './bootstrap.js';
import { holm } from './corrections.js';
import { cohensKappa } from './kappa.js';
import { powerOfMcNemar, powerOfPairedDifference, rowsForMcNemar, rowsForPairedDifference } from './power.js';
import { createRandom } from './random.js';
import { mcnemarTest, signTest } from './sign-tests.js';
import { wilcoxonTest } from './wilcoxon.js';
import { wilsonInterval } from './wilson.js';

describe('the interval of a mean', () => {
  it('is absent for less than two rows, and has no width for equal values', () => {
    expect(bootstrapMean(Float64Array.of())).toBeUndefined();
    expect(bootstrapMean(Float64Array.of(1))).toBeUndefined();
    expect(bootstrapMean(Float64Array.of(0.25, 0.25))).toEqual({ low: 0.25, high: 0.25 });
  });

  it('is the same for the same seed, and differs for another seed', () => {
    const values = Float64Array.from({ length: 40 }, (_, row) => Math.sin(row * row));
    expect(bootstrapMean(values, { seed: 7 })).toEqual(bootstrapMean(values, { seed: 7 }));
    expect(bootstrapMean(values, { seed: 7 })).not.toEqual(bootstrapMean(values, { seed: 8 }));
  });

  it('contains zero for equal variants in about 95 of 100 experiments', () => {
    const random = createRandom(3);
    let outside = 0;
    for (let experiment = 0; experiment < 1_000; experiment += 1) {
      const values = Float64Array.from({ length: 60 }, () => random.normal());
      const interval = bootstrapMean(values, { resamples: 1_000, seed: experiment });
      if (interval !== undefined && (interval.low > 0 || interval.high < 0)) outside += 1;
    }
    // The binomial error of 1,000 experiments is 0.7 points; BCa is a little too narrow at 60 rows.
    expect(outside).toBeGreaterThan(30);
    expect(outside).toBeLessThan(80);
  });

  it('refuses a level above 1 and too few resamples', () => {
    expect(() => bootstrapMean(Float64Array.of(1, 2), { level: 95 })).toThrow('The level is 95');
    expect(() => bootstrapMean(Float64Array.of(1, 2), { resamples: 10 })).toThrow('at least 100');
  });
});

describe('a test of two variants', () => {
  it('gives p = 1 without a row that differs', () => {
    expect(mcnemarTest({ onlyFirst: 0, onlySecond: 0 }).p).toBe(1);
    expect(signTest([0, 0]).p).toBe(1);
    expect(wilcoxonTest([])).toEqual({ rows: 0, statistic: 0, p: 1 });
  });

  it('does not depend on which variant is the first', () => {
    const differences = [0.5, -0.25, 0.5, 0.75, -1, 0.25, 2];
    const mirrored = differences.map((difference) => -difference);
    expect(wilcoxonTest(mirrored)).toEqual(wilcoxonTest(differences));
    expect(signTest(mirrored).p).toBe(signTest(differences).p);
  });

  it('is exact with ties above 14 rows', () => {
    const differences = [...Array.from({ length: 11 }, () => 1), ...Array.from({ length: 5 }, () => -1)];
    // All differences have the same size, so the rank sum depends only on how many are positive, as in the sign test.
    expect(wilcoxonTest(differences).p).toBeCloseTo(signTest(differences).p, 12);
  });

  it('refuses negative and fractional counts, and NaN', () => {
    expect(() => mcnemarTest({ onlyFirst: -1, onlySecond: 2 })).toThrow('onlyFirst is -1');
    expect(() => mcnemarTest({ onlyFirst: 0.5, onlySecond: 2 })).toThrow('onlyFirst is 0.5');
    expect(() => wilcoxonTest([Number.NaN])).toThrow('Difference 0 is NaN');
  });
});

describe('corrections', () => {
  it('keep the order of the p-values, and leave a single one unchanged', () => {
    expect(holm([])).toEqual([]);
    expect(holm([0.04])).toEqual([0.04]);
    expect(holm([0.04, 0.01])).toEqual([0.04, 0.02]);
  });

  it('refuse a p-value that is not between 0 and 1', () => {
    expect(() => holm([Number.NaN])).toThrow('p-value 0 is NaN');
    expect(() => holm([1.5])).toThrow('p-value 0 is 1.5');
  });
});

describe('power', () => {
  it('gives the number of rows that a difference needs', () => {
    expect(rowsForPairedDifference({ difference: 0.05, deviation: 0.2 })).toBe(128);
    expect(rowsForPairedDifference({ difference: -0.05, deviation: 0.2 })).toBe(128);
    expect(rowsForPairedDifference({ difference: 0.0001, deviation: 0.2 })).toBeGreaterThan(3e7);
    expect(rowsForPairedDifference({ difference: 0, deviation: 0.2 })).toBeUndefined();
  });

  it('finds enough rows for a McNemar test, and not many more', () => {
    const split = { onlyFirst: 0.05, onlySecond: 0.15 };
    const rows = rowsForMcNemar(split) ?? 0;
    expect(powerOfMcNemar(rows, split)).toBeGreaterThanOrEqual(0.8);
    expect(powerOfMcNemar(rows - 15, split)).toBeLessThan(0.8);
    expect(rows).toBeGreaterThan(150);
    expect(rows).toBeLessThan(190);
    expect(rowsForMcNemar({ onlyFirst: 0.1, onlySecond: 0.1 })).toBeUndefined();
    expect(rowsForMcNemar({ onlyFirst: 0, onlySecond: 0 })).toBeUndefined();
    expect(rowsForMcNemar({ onlyFirst: 0, onlySecond: 1 })).toBe(6);
  });

  it('is zero for too few rows, and refuses impossible shares and deviations', () => {
    expect(powerOfPairedDifference(1, { difference: 1, deviation: 1 })).toBe(0);
    expect(powerOfMcNemar(0, { onlyFirst: 0.2, onlySecond: 0.1 })).toBe(0);
    expect(() => powerOfPairedDifference(10, { difference: 1, deviation: 0 })).toThrow('The deviation is 0');
    expect(() => powerOfMcNemar(10, { onlyFirst: 0.7, onlySecond: 0.6 })).toThrow('not shares');
  });
});

describe("Cohen's kappa", () => {
  it('is 1 for raters that agree, and undefined if all ratings are the same', () => {
    expect(
      cohensKappa([
        [5, 0],
        [0, 7],
      ]).kappa,
    ).toBe(1);
    expect(
      cohensKappa([
        [9, 0],
        [0, 0],
      ]),
    ).toEqual({ rows: 9, kappa: undefined, interval: undefined });
    expect(cohensKappa([])).toEqual({ rows: 0, kappa: undefined, interval: undefined });
    expect(
      cohensKappa([
        [0, 0],
        [0, 0],
      ]).kappa,
    ).toBeUndefined();
  });

  it('refuses a table that is not square', () => {
    expect(() => cohensKappa([[1, 2], [3]])).toThrow('Row 1 has 1 levels');
  });
});

describe('the Wilson interval', () => {
  it('stays between 0 and 1 without successes, without failures and without rows', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(10, 10).high).toBe(1);
    expect(() => wilsonInterval(11, 10)).toThrow('11 successes in 10 rows');
  });
});

describe('createRandom', () => {
  it('repeats its numbers for a seed, covers its range evenly, and has the moments of a normal distribution', () => {
    const one = createRandom(5);
    const same = createRandom(5);
    const other = createRandom(6);
    expect(Array.from({ length: 4 }, one.uniform)).toEqual(Array.from({ length: 4 }, same.uniform));
    expect(one.uniform()).not.toBe(other.uniform());
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 100_000; draw += 1) {
      const digit = one.below(10);
      counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    const normals = Array.from({ length: 100_000 }, one.normal);
    expect(Math.abs(normals.reduce((sum, value) => sum + value, 0) / 100_000)).toBeLessThan(0.02);
    expect(normals.reduce((sum, value) => sum + value * value, 0) / 100_000).toBeCloseTo(1, 1);
  });

  it('gives each of many columns the interval that it has alone', () => {
    const { uniform } = createRandom(5);
    const column = (length: number): Float64Array => Float64Array.from({ length }, uniform);
    const columns = [column(40), column(7), column(40), new Float64Array(9).fill(0.5), new Float64Array(1)];
    const levels = [0.95, 0.99];
    expect(bootstrapMeans(columns.map((values) => ({ values, levels })))).toEqual(
      columns.map((values) => levels.map((level) => bootstrapMean(values, { level }))),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fixture from '../__fixtures__/statistics.json' with { type: 'json' };
import { bootstrapMean, meanOf } from './bootstrap.js';
import { holm } from './corrections.js';
import { binomialCdf, noncentralStudentCdf, normalCdf, normalQuantile, studentQuantile } from './distributions.js';
import type { Interval } from './interval.js';
import { cohensKappa, type KappaWeights } from './kappa.js';
import { powerOfMcNemar, powerOfPairedDifference, rowsForPairedDifference } from './power.js';
import { boundedInterval, extendBoundedSequence, startBoundedSequence } from './sequence-bounded.js';
import { proportionsInterval } from './sequence-proportions.js';
import { extendUnboundedSequence, startUnboundedSequence, unboundedInterval } from './sequence-unbounded.js';
import { mcnemarTest, signTest } from './sign-tests.js';
import { incompleteBeta, logGamma } from './special-functions.js';
import { wilcoxonTest } from './wilcoxon.js';
import { wilsonInterval } from './wilson.js';

const { functions } = fixture;
const tables: readonly Table[] = fixture.tables;

/** What `make-statistics.py` writes for a table. */
interface Table {
  readonly first: number[];
  readonly second: number[];
  readonly mean: number;
  readonly bootstrap: number[];
  readonly sign: number | null;
  readonly wilcoxon: number | null;
  readonly split: number[];
  readonly mcnemar: number;
  readonly pValues: number[];
  readonly holm: number[];
  readonly ratings: number[][];
  readonly kappa: Readonly<Record<KappaWeights, number[]>>;
  readonly wilson: number[];
  readonly effect: number;
  readonly powerRows: number;
  readonly pairedPower: number | null;
  readonly pairedRows: number;
  readonly shares: number[];
  readonly mcnemarPower: number;
  readonly bounded: number[];
  readonly boundedInterval: number[];
  readonly unbounded: number[];
  readonly unboundedInterval: number[] | null;
  readonly arms: number[];
  readonly proportionsInterval: number[];
}

const tolerance = 1e-6;
const differencesOf = ({ first, second }: Table): number[] =>
  second.map((score, row) => Math.round((score - (first[row] ?? 0)) * 1e6) / 1e6);
const ends = (interval: Interval | undefined): number[] => [interval?.low ?? Number.NaN, interval?.high ?? Number.NaN];

/** Asserts that all numbers agree within 1e-6, with one assertion for each table, which names a table that differs. */
function expectEqual(
  of: (table: Table) => { readonly found: readonly number[]; readonly wanted: readonly number[] },
): void {
  expect(tables).toHaveLength(200);
  for (const [number, table] of tables.entries()) {
    const { found, wanted } = of(table);
    const worst = Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))), 0);
    const isEqual = found.length === wanted.length && worst <= tolerance;
    expect({ number, isEqual, ...(isEqual ? {} : { found, wanted }) }).toEqual({ number, isEqual: true });
  }
}

describe('the statistics, against scipy and statsmodels on 200 random tables', () => {
  it('gives the special functions and distributions', () => {
    const checks: [number[][], (...values: number[]) => number][] = [
      [functions.gammaln, (x = 0) => logGamma(x)],
      [functions.betainc, (a = 0, b = 0, x = 0) => incompleteBeta(a, b, x)],
      [functions.normalCdf, (x = 0) => normalCdf(x)],
      [functions.normalQuantile, (p = 0) => normalQuantile(p)],
      [functions.studentQuantile, (p = 0, freedom = 0) => studentQuantile(p, freedom)],
      [functions.noncentral, (t = 0, freedom = 0, off = 0) => noncentralStudentCdf(t, freedom, off)],
      [functions.binomial, (count = 0, rows = 0, share = 0) => binomialCdf(count, rows, share)],
    ];
    for (const [cases, compute] of checks)
      for (const values of cases) {
        const wanted = values.at(-1) ?? Number.NaN;
        const found = compute(...values.slice(0, -1));
        expect(Math.abs(found - wanted) / Math.max(1, Math.abs(wanted))).toBeLessThan(1e-9);
      }
  });

  it('gives the bootstrap interval within its noise, and without a drift', () => {
    let drift = 0;
    for (const [number, table] of tables.entries()) {
      const differences = Float64Array.from(table.second, (score, row) => score - (table.first[row] ?? Number.NaN));
      const mean = meanOf(differences);
      const interval = bootstrapMean(differences);
      expect(mean).toBeCloseTo(table.mean, 9);
      const spread = differences.reduce((sum, difference) => sum + (difference - mean) ** 2, 0);
      const error = Math.sqrt(spread) / differences.length;
      // Means of coarse scores (quarters, then passed and failed) move in steps: an end may be one step off.
      const step = ([0, 0, 0.25, 1][number % 4] ?? 0) / differences.length;
      for (const [at, wanted] of table.bootstrap.entries()) {
        const off = (ends(interval)[at] ?? Number.NaN) - wanted;
        // 10,000 resamples put an end of the interval within about 0.03 standard errors.
        expect(Math.abs(off)).toBeLessThan(0.2 * error + step + 1e-9);
        if (step === 0) drift += off / error / tables.length;
      }
    }
    expect(Math.abs(drift)).toBeLessThan(0.01);
  });

  it('gives the exact McNemar test and the sign test', () => {
    expectEqual((table) => {
      const [onlyFirst = 0, onlySecond = 0] = table.split;
      const sign = table.sign === null ? [] : [table.sign];
      return {
        found: [mcnemarTest({ onlyFirst, onlySecond }).p, ...sign.map(() => signTest(differencesOf(table)).p)],
        wanted: [table.mcnemar, ...sign],
      };
    });
  });

  it('gives the Wilcoxon test: exact without ties, exact with ties, and approximate', () => {
    expect(tables.filter(({ wilcoxon }) => wilcoxon !== null).length).toBeGreaterThan(100);
    expectEqual((table) => {
      const wanted = table.wilcoxon === null ? [] : [table.wilcoxon];
      return { found: wanted.map(() => wilcoxonTest(differencesOf(table)).p), wanted };
    });
  });

  it('gives the correction of Holm', () => {
    expectEqual(({ pValues, holm: wanted }) => ({ found: holm(pValues), wanted }));
  });

  it.each(['none', 'linear', 'quadratic'] as const)("gives Cohen's kappa with its interval, weights %s", (weights) => {
    expectEqual(({ ratings, kappa: wanted }) => {
      const { kappa = Number.NaN, interval } = cohensKappa(ratings, { weights });
      return { found: [kappa, ...ends(interval)], wanted: wanted[weights] };
    });
  });

  it('gives the Wilson interval', () => {
    expectEqual(({ wilson: [passed = 0, rows = 0, ...wanted] }) => ({
      found: ends(wilsonInterval(passed, rows)),
      wanted,
    }));
  });

  it('gives the power of a paired difference and the rows that it needs', () => {
    // scipy's noncentral t gives NaN for some powers that are 1 to ten digits.
    expect(tables.filter(({ pairedPower }) => pairedPower !== null).length).toBeGreaterThan(150);
    expectEqual(({ effect, powerRows, pairedPower, pairedRows }) => {
      const expected = { difference: effect, deviation: 1 };
      const rows = rowsForPairedDifference(expected) ?? Number.NaN;
      return { found: [powerOfPairedDifference(powerRows, expected), rows], wanted: [pairedPower ?? 1, pairedRows] };
    });
  });

  it('gives the exact power of the McNemar test', () => {
    expectEqual(({ powerRows, shares: [onlyFirst = 0, onlySecond = 0], mcnemarPower }) => ({
      found: [powerOfMcNemar(powerRows, { onlyFirst, onlySecond })],
      wanted: [mcnemarPower],
    }));
  });

  it('gives the sequential intervals', () => {
    expectEqual(({ bounded, boundedInterval: wanted }) => ({
      found: ends(boundedInterval(extendBoundedSequence(startBoundedSequence(), bounded))),
      wanted,
    }));
    expectEqual(({ unbounded, unboundedInterval: wanted }) => {
      const sequence = extendUnboundedSequence(startUnboundedSequence({ level: 0.9, tightestAt: 500 }), unbounded);
      return { found: wanted === null ? [] : ends(unboundedInterval(sequence)), wanted: wanted ?? [] };
    });
    expectEqual(({ arms: [successes = 0, rows = 0, others = 0, otherRows = 0], proportionsInterval: wanted }) => ({
      found: ends(proportionsInterval({ first: { successes, rows }, second: { successes: others, rows: otherRows } })),
      wanted,
    }));
  });
});

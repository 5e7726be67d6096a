import { describe, expect, it } from '@jest/globals';
import { runThrough } from '../../values/steps.js';
import type { MetricInfo } from '../evaluators/evaluator.js';
import { createRandom, holm } from '../statistics/index.js';
import { changedSide } from './changed-rows.js';
import { compareVariantsSteps } from './compare-variants.js';
import { ComparisonTable } from './comparison.js';
import { paretoFront } from './pareto-front.js';
import type { ComparedScore, ComparedScores } from './score-table.js';

const right: MetricInfo = { name: 'right', title: 'Right', better: 'higher', unit: 'check' };
const rouge: MetricInfo = { name: 'rouge', title: 'ROUGE-L', better: 'higher', unit: 'score' };
const ms: MetricInfo = { name: 'ms', title: 'Latency', better: 'lower', unit: 'ms' };
const usd: MetricInfo = { name: 'usd', title: 'Cost', better: 'lower', unit: 'USD' };

/** The values of each variant, one for each row. A list holds the repeats of a row; null is a missing value. */
type Columns = Readonly<Record<string, readonly (number | null | readonly number[])[]>>;

const compareVariants = (...compared: Parameters<typeof compareVariantsSteps>): ComparisonTable =>
  runThrough(compareVariantsSteps(...compared));

const scoresOf = (metric: string, columns: Columns): ComparedScore[] =>
  Object.entries(columns).flatMap(([variant, values]) =>
    values.flatMap((value, row): ComparedScore[] => {
      const repeats = typeof value === 'number' ? [value] : (value ?? [undefined]);
      return repeats.map((one) => ({ row: `r${row}`, variant, metric, value: one }));
    }),
  );

const rowsOf = (count: number, tags?: (row: number) => readonly string[]): ComparedScores['rows'] =>
  Array.from({ length: count }, (_, row) => ({ id: `r${row}`, tags: tags?.(row) }));

const many = (count: number, value: (row: number) => number): number[] =>
  Array.from({ length: count }, (_, row) => value(row));

const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1);
  return items[0]!;
};

describe('a comparison of variants', () => {
  it('tests checks by McNemar and names the winner that the interval proves', () => {
    const columns = { now: many(40, (row) => (row < 10 ? 1 : 0)), draft: many(40, (row) => (row < 30 ? 1 : 0)) };
    const table = compareVariants({
      rows: rowsOf(40),
      variants: ['now', 'draft'],
      metrics: [right],
      scores: scoresOf('right', columns),
    });
    const found = only(table.comparisons);
    expect(found).toMatchObject({
      test: 'mcnemar',
      rows: 40,
      better: 20,
      worse: 0,
      difference: 0.5,
      verdict: 'better',
    });
    expect(found.p).toBeCloseTo(2 * 0.5 ** 20, 12);
    expect(found.interval!.low).toBeGreaterThan(0.3);
    expect(found.interval!.high).toBeLessThan(0.7);
    expect(table.winners).toEqual([{ metric: 'right', variant: 'draft' }]);
    expect(ComparisonTable.parse(table)).toEqual(table);
  });

  it('names no winner if few rows differ, and gives the number of rows that would show a difference of 5 points', () => {
    const columns = { now: many(40, () => 1), draft: many(40, (row) => (row < 3 ? 0 : 1)) };
    const table = compareVariants({
      rows: rowsOf(40),
      variants: ['now', 'draft'],
      metrics: [right],
      scores: scoresOf('right', columns),
    });
    const { verdict, power } = only(table.comparisons);
    expect(verdict).toBe('undecided');
    expect(table.winners).toEqual([]);
    expect(power.difference).toBe(0.05);
    expect(power.rowsNeeded).toBeGreaterThan(150);
    expect(power.visible).toBeGreaterThan(0.05);
  });

  it('counts a row with repeats as one row', () => {
    const values = many(12, (row) => row / 12);
    const once = { now: values, draft: values.map((value) => value + 0.01) };
    const often = { now: values.map((v) => [v, v, v, v]), draft: values.map((v) => [v, v + 0.02, v, v + 0.02]) };
    const [single, repeated] = [once, often].map((columns) =>
      only(
        compareVariants({
          rows: rowsOf(12),
          variants: ['now', 'draft'],
          metrics: [rouge],
          scores: scoresOf('rouge', columns),
        }).comparisons,
      ),
    );
    expect(repeated!.rows).toBe(12);
    expect(repeated!.p).toBeCloseTo(single!.p, 12);
    expect(repeated!.test).toBe('wilcoxon');
  });

  it('compares checks with repeats by the sign test', () => {
    const columns = { now: many(10, () => 0).map((v) => [v, 1]), draft: many(10, () => 1).map((v) => [v, 1]) };
    const { test, p } = only(
      compareVariants({
        rows: rowsOf(10),
        variants: ['now', 'draft'],
        metrics: [right],
        scores: scoresOf('right', columns),
      }).comparisons,
    );
    expect(test).toBe('sign');
    expect(p).toBeCloseTo(2 / 1024, 12);
  });

  it('leaves rows without a value out of pairs, and counts them as missing, not as 0', () => {
    const columns = { now: [1, 1, null, null, 1], draft: [1, Number.NaN, 1, null, 0] };
    const table = compareVariants({
      rows: rowsOf(5),
      variants: ['now', 'draft'],
      metrics: [right],
      scores: scoresOf('right', columns),
    });
    expect(only(table.comparisons)).toMatchObject({ rows: 2, leftOut: 2, difference: -0.5 });
    expect(table.scores).toEqual([
      { variant: 'now', metric: 'right', mean: 1, rows: 3, missing: 2 },
      { variant: 'draft', metric: 'right', mean: 2 / 3, rows: 3, missing: 2 },
    ]);
  });

  it('gives no difference without rows, no comparison of one variant, and refuses an unknown baseline', () => {
    const empty = compareVariants({ rows: [], variants: ['now', 'draft'], metrics: [right], scores: [] });
    expect(only(empty.comparisons)).toMatchObject({ rows: 0, p: 1, verdict: 'undecided', power: { difference: 0.05 } });
    expect(empty.comparisons[0]).not.toHaveProperty('difference');
    expect(ComparisonTable.parse(empty)).toEqual(empty);
    const alone = compareVariants({ rows: rowsOf(1), variants: ['now'], metrics: [right], scores: [] });
    expect(alone).toMatchObject({ comparisons: [], winners: [] });
    expect(() =>
      compareVariants({ rows: [], variants: ['now'], metrics: [], scores: [] }, { baseline: 'old' }),
    ).toThrow("'old'");
  });

  it('corrects p-values and intervals for the number of comparisons in the table', () => {
    const columns = {
      now: many(14, () => 0),
      a: many(14, (row) => (row < 6 ? 1 : 0)),
      b: many(14, (row) => (row < 2 ? 1 : 0)),
      c: many(14, () => 0),
    };
    const compared = {
      rows: rowsOf(14),
      variants: ['now', 'a', 'b', 'c'],
      metrics: [right],
      scores: scoresOf('right', columns),
    };
    const { comparisons } = compareVariants(compared);
    expect(comparisons.map(({ correctedP }) => correctedP)).toEqual(holm(comparisons.map(({ p }) => p)));
    const [a] = comparisons;
    expect(a!.p).toBeLessThan(0.05);
    expect(a!.verdict).toBe('undecided');
    expect(a!.correctedInterval!.low).toBeLessThan(a!.interval!.low);
    const alone = compareVariants({ ...compared, variants: ['now', 'a'] });
    expect(only(alone.comparisons).verdict).toBe('better');
  });

  it('gives the same table each time; another seed changes only the intervals', () => {
    const { normal } = createRandom(7);
    const columns = { now: many(60, () => normal()), draft: many(60, () => normal() + 0.3) };
    const compared = {
      rows: rowsOf(60),
      variants: ['now', 'draft'],
      metrics: [rouge],
      scores: scoresOf('rouge', columns),
    };
    const first = compareVariants(compared);
    expect(compareVariants(compared)).toEqual(first);
    const other = compareVariants(compared, { seed: 2 });
    expect(other.comparisons[0]!.interval).not.toEqual(first.comparisons[0]!.interval);
    expect(other.comparisons[0]!.p).toBe(first.comparisons[0]!.p);
  });

  it('calls the quicker variant better, and the baseline the winner if all others are proved worse', () => {
    const { uniform } = createRandom(3);
    const columns = { now: many(30, () => 100 + uniform()), slow: many(30, () => 150 + uniform()) };
    const table = compareVariants({
      rows: rowsOf(30),
      variants: ['now', 'slow'],
      metrics: [ms],
      scores: scoresOf('ms', columns),
    });
    expect(only(table.comparisons)).toMatchObject({ verdict: 'worse', better: 0, worse: 30 });
    expect(table.comparisons[0]!.power.difference).toBeCloseTo(5, 0);
    expect(table.winners).toEqual([{ metric: 'ms', variant: 'now' }]);
  });

  it('names no winner if two variants beat the baseline but are not proved different from each other', () => {
    const low = many(60, (row) => (row < 6 ? 1 : 0));
    const one = many(60, (row) => (row < 40 ? 1 : 0));
    const alike = many(60, (row) => (row < 39 || row === 50 || row === 51 ? 1 : 0));
    const best = many(60, (row) => (row < 58 ? 1 : 0));
    const winnersOf = (columns: Columns) =>
      compareVariants({
        rows: rowsOf(60),
        variants: Object.keys(columns),
        metrics: [right],
        scores: scoresOf('right', columns),
      }).winners;

    expect(winnersOf({ now: low, one, alike })).toEqual([]);
    expect(winnersOf({ now: low, one, best })).toEqual([{ metric: 'right', variant: 'best' }]);
    expect(winnersOf({ now: low, one, alike, best })).toEqual([{ metric: 'right', variant: 'best' }]);
  });

  it('slices by tag without naming winners', () => {
    const columns = { now: many(40, () => 0), draft: many(40, (row) => (row % 2 === 0 ? 1 : 0)) };
    const { slices, hiddenTags } = compareVariants({
      rows: rowsOf(40, (row) => [row % 2 === 0 ? 'even' : 'odd', ...(row < 10 ? ['early', 'early'] : []), `t${row}`]),
      variants: ['now', 'draft'],
      metrics: [right],
      scores: scoresOf('right', columns),
    });
    expect(slices).toHaveLength(43);
    expect(slices.slice(0, 3).map(({ tag, rows }) => [tag, rows])).toEqual([
      ['even', 20],
      ['odd', 20],
      ['early', 10],
    ]);
    expect(hiddenTags).toBe(0);
    const [even, odd] = slices.map(({ scores }) => scores.find(({ variant }) => variant === 'draft'));
    expect(even).toMatchObject({ mean: 1, difference: 1, rows: 20 });
    expect(odd).toMatchObject({ mean: 0, difference: 0 });
  });

  it('finds a difference between equal variants with independent noise in at most 5 % of the tables', () => {
    const { uniform } = createRandom(11);
    const tables = 100;
    let different = 0;
    for (let at = 0; at < tables; at += 1) {
      const pass = (): number => (uniform() < 0.7 ? 1 : 0);
      const columns = { now: many(50, pass), a: many(50, pass), b: many(50, pass) };
      const compared = {
        rows: rowsOf(50),
        variants: ['now', 'a', 'b'],
        metrics: [right],
        scores: scoresOf('right', columns),
      };
      const { comparisons } = compareVariants(compared, { resamples: 500 });
      if (comparisons.some(({ verdict }) => verdict !== 'undecided')) different += 1;
    }
    expect(different).toBeLessThanOrEqual(tables * 0.05);
  });
});

describe('a Pareto front', () => {
  it('contains the variants that no other variant beats, equal ones included', () => {
    const points = [
      { variant: 'best', quality: 0.9, price: 10 },
      { variant: 'cheap', quality: 0.5, price: 1 },
      { variant: 'twin', quality: 0.5, price: 1 },
      { variant: 'beaten', quality: 0.5, price: 2 },
      { variant: 'worse', quality: 0.4, price: 1 },
    ];
    expect(paretoFront(points)).toEqual(['cheap', 'twin', 'best']);
    expect(paretoFront([])).toEqual([]);
  });

  it('exists for each quality metric against cost and against time', () => {
    const { fronts } = compareVariants({
      rows: rowsOf(2),
      variants: ['now', 'draft', 'failed'],
      metrics: [rouge, ms, usd],
      scores: [
        ...scoresOf('rouge', { now: [0.5, 0.5], draft: [0.7, 0.7] }),
        ...scoresOf('ms', { now: [10, 10], draft: [5, 5], failed: [1, 1] }),
        ...scoresOf('usd', { now: [1, 1], draft: [2, 2] }),
      ],
    });
    expect(fronts).toEqual([
      { quality: 'rouge', price: 'ms', variants: ['draft'] },
      { quality: 'rouge', price: 'usd', variants: ['now', 'draft'] },
    ]);
  });
});

describe('changedSide', () => {
  it('is better or worse for a check that only one variant passes, and undefined otherwise', () => {
    expect(changedSide(right, 0, 1)).toBe('better');
    expect(changedSide(right, 1, 0)).toBe('worse');
    expect(changedSide(right, 1, 1)).toBeUndefined();
    expect(changedSide(right, Number.NaN, 1)).toBeUndefined();
    expect(changedSide(rouge, 0.6, 0.9)).toBeUndefined();
    expect(changedSide(ms, 0, 9)).toBeUndefined();
  });
});

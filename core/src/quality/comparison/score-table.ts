import type { MetricInfo } from '../evaluators/evaluator.js';

/** The value of one metric for one answer. A value that is not finite counts as missing. */
export interface ComparedScore {
  readonly row: string;
  readonly variant: string;
  readonly metric: string;
  readonly value?: number | undefined;
}

/** A row that the variants answered. */
export interface ComparedRow {
  readonly id: string;
  readonly tags?: readonly string[] | undefined;
}

/** The input of a comparison. Scores with the same row, variant and metric are repeats. */
export interface ComparedScores {
  readonly rows: readonly ComparedRow[];
  /** Ids in the order of the table. */
  readonly variants: readonly string[];
  readonly metrics: readonly MetricInfo[];
  readonly scores: Iterable<ComparedScore>;
}

/** The mean of each row's repeats; NaN if a row has no value. */
export interface ScoreTable {
  /** One value for each row, in the order of the rows. */
  of(variant: string, metric: string): Float64Array;
}

/** Groups scores by row. Ignores scores of rows, variants and metrics that are not listed. */
export function createScoreTable({ rows, variants, metrics, scores }: ComparedScores): ScoreTable {
  const rowAt = new Map(rows.map(({ id }, at) => [id, at]));
  const columns = new Map(
    variants.map((variant) => [
      variant,
      new Map(
        metrics.map(({ name }) => [
          name,
          { sums: new Float64Array(rows.length), counts: new Uint32Array(rows.length) },
        ]),
      ),
    ]),
  );
  for (const { row, variant, metric, value } of scores) {
    const column = columns.get(variant)?.get(metric);
    const at = rowAt.get(row);
    if (column === undefined || at === undefined || value === undefined || !Number.isFinite(value)) continue;
    column.sums[at] = (column.sums[at] ?? 0) + value;
    column.counts[at] = (column.counts[at] ?? 0) + 1;
  }
  for (const column of columns.values())
    for (const { sums, counts } of column.values())
      for (const [at, count] of counts.entries()) sums[at] = count === 0 ? Number.NaN : (sums[at] ?? 0) / count;
  return {
    of(variant, metric) {
      const column = columns.get(variant)?.get(metric);
      if (column === undefined) throw new RangeError(`There is no variant '${variant}' with the metric '${metric}'`);
      return column.sums;
    },
  };
}

/** The values of the rows that have one in both columns. */
export interface Pairs {
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** Rows with a value in only one of the columns. */
  readonly leftOut: number;
}

/** Pairs the values of two columns; with `at`, only of these rows. */
export function pairsOf(first: Float64Array, second: Float64Array, at?: readonly number[]): Pairs {
  const pairs = { first: [] as number[], second: [] as number[], leftOut: 0 };
  const take = (one = Number.NaN, other = Number.NaN): void => {
    if (Number.isNaN(one) && Number.isNaN(other)) return;
    if (Number.isNaN(one) || Number.isNaN(other)) {
      pairs.leftOut += 1;
      return;
    }
    pairs.first.push(one);
    pairs.second.push(other);
  };
  if (at === undefined) first.forEach((value, row) => take(value, second[row]));
  else for (const row of at) take(first[row], second[row]);
  return pairs;
}

/** Returns the mean of the values that are not missing. */
export function meanOfColumn(
  column: Float64Array,
  at?: readonly number[],
): { readonly mean: number | undefined; readonly rows: number } {
  let sum = 0;
  let rows = 0;
  const take = (value = Number.NaN): void => {
    if (Number.isNaN(value)) return;
    sum += value;
    rows += 1;
  };
  if (at === undefined) for (const value of column) take(value);
  else for (const row of at) take(column[row]);
  return { mean: rows === 0 ? undefined : sum / rows, rows };
}

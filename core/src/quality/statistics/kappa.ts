import { normalQuantile } from './distributions.js';
import { checkCounts, checkShare, type Interval } from './interval.js';

/** How disagreement between two levels is weighted: fully (`none`), by their distance (`linear`), or by its square (`quadratic`). */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

interface Kappa {
  readonly rows: number;
  /** Undefined if chance alone explains full agreement, for example if both raters always choose the same level. */
  readonly kappa: number | undefined;
  readonly interval: Interval | undefined;
}

interface KappaOptions {
  readonly weights?: KappaWeights;
  readonly level?: number;
}

/**
 * Computes Cohen's kappa (Cohen, 1960; weighted: Cohen, 1968) with its large-sample interval (Fleiss, Cohen and Everitt, 1969), like
 * `statsmodels.stats.inter_rater.cohens_kappa`. `table[i][j]` counts the rows to which the first rater gave level i and the second level j.
 * For weights, the levels must be in order.
 */
export function cohensKappa(table: readonly (readonly number[])[], options: KappaOptions = {}): Kappa {
  const { weights = 'none', level = 0.95 } = options;
  checkShare('The level', level);
  for (const [at, row] of table.entries()) {
    if (row.length !== table.length)
      throw new RangeError(`Row ${at} has ${row.length} levels, the table has ${table.length}`);
    checkCounts(Object.fromEntries(row.map((count, column) => [`Count ${at}, ${column}`, count])));
  }
  const rows = table.flat().reduce((sum, count) => sum + count, 0);
  const cells = cellsOf(table, rows, weights);
  const agreed = sumOf(cells, ({ share, weight }) => share * weight);
  const byChance = sumOf(cells, ({ first, second, weight }) => first * second * weight);
  if (rows === 0 || 1 - byChance < 1e-12) return { rows, kappa: undefined, interval: undefined };
  const kappa = (agreed - byChance) / (1 - byChance);
  const spread = sumOf(cells, ({ share, weight, mean }) => share * (weight - mean * (1 - kappa)) ** 2);
  const variance = (spread - (kappa - byChance * (1 - kappa)) ** 2) / ((1 - byChance) ** 2 * rows);
  const reach = normalQuantile((1 + level) / 2) * Math.sqrt(Math.max(0, variance));
  return { rows, kappa, interval: { low: kappa - reach, high: kappa + reach } };
}

interface Cell {
  readonly share: number;
  readonly first: number;
  readonly second: number;
  /** 1 if the levels agree. */
  readonly weight: number;
  /** The average weight of the two levels: the sum of both raters' means. */
  readonly mean: number;
}

function cellsOf(table: readonly (readonly number[])[], rows: number, weights: KappaWeights): readonly Cell[] {
  const levels = [...table.keys()];
  const first = table.map((row) => row.reduce((sum, count) => sum + count, 0) / rows);
  const second = levels.map((column) => table.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows);
  const weightOf = (i: number, j: number): number => {
    if (weights === 'none') return i === j ? 1 : 0;
    const distance = Math.abs(i - j) / Math.max(1, levels.length - 1);
    return 1 - (weights === 'linear' ? distance : distance ** 2);
  };
  const meanOfFirst = levels.map((i) => second.reduce((sum, share, j) => sum + share * weightOf(i, j), 0));
  const meanOfSecond = levels.map((j) => first.reduce((sum, share, i) => sum + share * weightOf(i, j), 0));
  return table.flatMap((row, i) =>
    row.map((count, j) => ({
      share: count / rows,
      first: first[i] ?? 0,
      second: second[j] ?? 0,
      weight: weightOf(i, j),
      mean: (meanOfFirst[i] ?? 0) + (meanOfSecond[j] ?? 0),
    })),
  );
}

const sumOf = (cells: readonly Cell[], of: (cell: Cell) => number): number =>
  cells.reduce((sum, cell) => sum + of(cell), 0);

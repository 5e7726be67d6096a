import { bootstrapMean, meanOf, type BootstrapOptions } from './bootstrap.js';
import { checkFinite, type Interval } from './interval.js';

/** A mean difference between two variants on the same rows. */
export interface PairedDifference {
  readonly rows: number;
  /** The mean of second minus first. */
  readonly mean: number;
  /** Undefined for fewer than two rows: one row says nothing about the spread. */
  readonly interval: Interval | undefined;
}

/**
 * The mean of `second - first` over rows that both variants answered, with its bootstrap interval.
 *
 * @example pairedDifference([0.2, 0.5, 0.4], [0.3, 0.5, 0.9]).mean // 0.2
 */
export function pairedDifference(
  first: readonly number[],
  second: readonly number[],
  options: BootstrapOptions = {},
): PairedDifference {
  if (first.length !== second.length)
    throw new RangeError(
      `There are ${first.length} and ${second.length} scores: a paired difference needs both scores of each row`,
    );
  checkFinite('First score', first);
  checkFinite('Second score', second);
  const differences = Float64Array.from(second, (score, row) => score - (first[row] ?? Number.NaN));
  const rows = differences.length;
  return { rows, mean: rows === 0 ? 0 : meanOf(differences), interval: bootstrapMean(differences, options) };
}

import { checkFinite, checkShare, type Interval } from './interval.js';

/** The state of a sequence of unbounded values. It is plain data, so it can be stored and continued after a restart. */
export interface UnboundedSequence {
  readonly level: number;
  /** The number of rows at which the interval is tightest. */
  readonly tightestAt: number;
  readonly rows: number;
  readonly mean: number;
  /** Sum of squared distances from the mean. */
  readonly squares: number;
}

/** With fewer rows, the variance is too uncertain for the method, so there is no interval. */
const fewestRows = 100;

/**
 * Starts an always-valid interval for the mean of unbounded values, such as paired differences of cost or latency. The method is the
 * asymptotic confidence sequence with the normal mixture of Robbins (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, 2024, theorem 2.2).
 * Its level only holds if the first reading is late enough, so there is no interval before row 100.
 */
export function startUnboundedSequence({ level = 0.95, tightestAt = 1_000 } = {}): UnboundedSequence {
  checkShare('The level', level);
  if (!(tightestAt >= 1)) throw new RangeError(`tightestAt is ${tightestAt}: it must be at least 1`);
  return { level, tightestAt, rows: 0, mean: 0, squares: 0 };
}

/** Adds values to the sequence in the order in which they arrived. */
export function extendUnboundedSequence(sequence: UnboundedSequence, values: readonly number[]): UnboundedSequence {
  checkFinite('Value', values);
  let { rows, mean, squares } = sequence;
  for (const value of values) {
    rows += 1;
    const distance = value - mean;
    mean += distance / rows;
    squares += distance * (value - mean);
  }
  return { level: sequence.level, tightestAt: sequence.tightestAt, rows, mean, squares };
}

/** Returns the interval of the mean after the rows so far; undefined before row 100. */
export function unboundedInterval({ level, tightestAt, rows, mean, squares }: UnboundedSequence): Interval | undefined {
  if (rows < fewestRows) return undefined;
  const doubt = -2 * Math.log(1 - level);
  const mixture = (doubt + Math.log1p(doubt)) / tightestAt;
  const spread = rows * mixture + 1;
  const reach = Math.sqrt((squares / rows) * (spread / (rows * rows * mixture)) * (doubt + Math.log(spread)));
  return { low: mean - reach, high: mean + reach };
}

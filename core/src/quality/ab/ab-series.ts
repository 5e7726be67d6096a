import type { MetricInfo } from '../evaluators/evaluator.js';
import type { Interval } from '../statistics/interval.js';
import {
  boundedInterval,
  extendBoundedSequence,
  startBoundedSequence,
  type BoundedSequence,
} from '../statistics/sequence-bounded.js';
import { boundedDifference, unboundedDifference } from '../statistics/sequence-difference.js';
import { proportionInterval } from '../statistics/sequence-proportion.js';
import { evidenceAgainst, proportionsInterval, type ArmCounts } from '../statistics/sequence-proportions.js';
import {
  extendUnboundedSequence,
  startUnboundedSequence,
  unboundedInterval,
  type UnboundedSequence,
} from '../statistics/sequence-unbounded.js';

/** The values of one metric of an arm as plain data: counts for checks, a bounded sequence for scores, an unbounded one for other units. */
export type AbSeries =
  | { readonly kind: 'check'; readonly counts: ArmCounts }
  | { readonly kind: 'score'; readonly sequence: BoundedSequence }
  | { readonly kind: 'unbounded'; readonly sequence: UnboundedSequence };

/** Creates an empty series. `level` is the confidence level of the difference; each side of its interval gets half of the error. */
export function startSeries(unit: MetricInfo['unit'], level: number): AbSeries {
  switch (unit) {
    case 'check':
      return { kind: 'check', counts: { successes: 0, rows: 0 } };
    case 'score':
      return { kind: 'score', sequence: startBoundedSequence({ level: sideLevel(level), lowest: 0, highest: 1 }) };
    case 'ms':
    case 'USD':
    case 'tokens':
      return { kind: 'unbounded', sequence: startUnboundedSequence({ level: sideLevel(level) }) };
  }
}

/** Whether a series accepts a value. NaN, infinite numbers and scores outside 0 to 1 count as missing, not as 0. */
export function isValueOf(unit: MetricInfo['unit'], value: number | undefined): value is number {
  if (value === undefined || !Number.isFinite(value)) return false;
  if (unit === 'check') return value === 0 || value === 1;
  if (unit === 'score') return value >= 0 && value <= 1;
  return value >= 0;
}

/** Returns the series with one more value. */
export function extendSeries(series: AbSeries, value: number): AbSeries {
  switch (series.kind) {
    case 'check': {
      const { successes, rows } = series.counts;
      return { kind: 'check', counts: { successes: successes + value, rows: rows + 1 } };
    }
    case 'score':
      return { kind: 'score', sequence: extendBoundedSequence(series.sequence, [value]) };
    case 'unbounded':
      return { kind: 'unbounded', sequence: extendUnboundedSequence(series.sequence, [value]) };
  }
}

/** Returns the number of values in a series. */
export const rowsOf = (series: AbSeries): number =>
  series.kind === 'check' ? series.counts.rows : series.sequence.rows;

/** Undefined without values. */
export function meanOf(series: AbSeries): number | undefined {
  if (rowsOf(series) === 0) return undefined;
  switch (series.kind) {
    case 'check':
      return series.counts.successes / series.counts.rows;
    case 'score': {
      const { sum, rows, lowest, highest } = series.sequence;
      return lowest + ((highest - lowest) * sum) / rows;
    }
    case 'unbounded':
      return series.sequence.mean;
  }
}

/** Returns the always-valid interval of the mean; undefined if there are too few values. */
export function intervalOf(series: AbSeries, level: number): Interval | undefined {
  if (rowsOf(series) === 0) return undefined;
  switch (series.kind) {
    case 'check':
      return proportionInterval(series.counts, sideLevel(level));
    case 'score':
      return boundedInterval(series.sequence);
    case 'unbounded':
      return unboundedInterval(series.sequence);
  }
}

/** Returns the always-valid interval of arm minus control; undefined if there are too few values. */
export function differenceInterval(control: AbSeries, arm: AbSeries, level: number): Interval | undefined {
  if (rowsOf(control) === 0 || rowsOf(arm) === 0) return undefined;
  if (control.kind === 'check' && arm.kind === 'check')
    return proportionsInterval({ first: control.counts, second: arm.counts }, level);
  if (control.kind === 'score' && arm.kind === 'score') return boundedDifference(control.sequence, arm.sequence);
  if (control.kind === 'unbounded' && arm.kind === 'unbounded')
    return unboundedDifference(control.sequence, arm.sequence, level);
  throw new RangeError('Both arms have the same metric');
}

/**
 * Whether the interval of the difference excludes 0. For checks, it does not search for the ends of the interval, so it is cheap enough to
 * run after each run.
 */
export function excludesZero(control: AbSeries, arm: AbSeries, level: number): boolean {
  if (control.kind === 'check' && arm.kind === 'check') {
    const arms = { first: control.counts, second: arm.counts };
    return control.counts.rows > 0 && arm.counts.rows > 0 && evidenceAgainst(arms, 0) >= -Math.log(1 - level);
  }
  const interval = differenceInterval(control, arm, level);
  return interval !== undefined && (interval.low > 0 || interval.high < 0);
}

const sideLevel = (level: number): number => 1 - (1 - level) / 2;

import type { Interval } from './interval.js';
import { boundedInterval, type BoundedSequence } from './sequence-bounded.js';
import { unboundedInterval, type UnboundedSequence } from './sequence-unbounded.js';

/** Minimum number of rows on each side for a difference of unbounded means. */
const fewestRows = 100;

/**
 * Returns the always-valid interval of a difference of two independent unbounded means (second minus first), such as the latencies of two
 * arms of an A/B test. It is the asymptotic confidence sequence for the average treatment effect of a randomised experiment (Waudby-Smith,
 * Arbour, Sinha, Kennedy and Ramdas, 2024, section 3), with the sample means as predictions: rows of both sides form one sequence, with the
 * variance n (v1 / n1 + v2 / n2). Undefined before row 100 of each side.
 */
export function unboundedDifference(
  first: UnboundedSequence,
  second: UnboundedSequence,
  level = first.level,
): Interval | undefined {
  if (first.rows < fewestRows || second.rows < fewestRows) return undefined;
  const rows = first.rows + second.rows;
  const variance = rows * (first.squares / first.rows ** 2 + second.squares / second.rows ** 2);
  const { tightestAt } = first;
  return unboundedInterval({ level, tightestAt, rows, mean: second.mean - first.mean, squares: variance * rows });
}

/**
 * Returns the always-valid interval of a difference of two independent bounded means (second minus first). Each side has its own sequence
 * (Waudby-Smith and Ramdas, 2023) with half of the accepted error, so both hold together at least at the level of the difference.
 */
export function boundedDifference(first: BoundedSequence, second: BoundedSequence): Interval {
  const one = boundedInterval(first);
  const other = boundedInterval(second);
  return { low: other.low - one.high, high: other.high - one.low };
}

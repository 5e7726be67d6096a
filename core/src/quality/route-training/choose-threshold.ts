import { normalQuantile } from '../statistics/distributions.js';

/** A request with its difficulty and what the cheap answer loses on it, from -1 to 1. */
export interface RoutedRow {
  readonly difficulty: number;
  readonly loss: number;
}

/** A threshold of the difficulty. */
interface RouteThreshold {
  readonly threshold: number;
  /** Requests up to it. */
  readonly count: number;
}

/** Of the interval that is measured afterwards. */
const level = 0.95;

/**
 * The highest threshold of which `measuring` further requests will probably show that the mean loss over all requests is within `limit`: the
 * upper end of their interval, with one standard error of the mean for what these rows may have hidden. Undefined if no request may go to the
 * cheap variant.
 */
export function chooseThreshold(
  rows: readonly RoutedRow[],
  limit: number,
  measuring: number,
): RouteThreshold | undefined {
  const sorted = [...rows].sort((a, b) => a.difficulty - b.difficulty);
  let sum = 0;
  let squares = 0;
  let best: RouteThreshold | undefined;
  for (const [index, { difficulty, loss }] of sorted.entries()) {
    sum += loss;
    squares += loss * loss;
    const next = sorted[index + 1];
    if (next !== undefined && next.difficulty <= difficulty) continue;
    const mean = sum / sorted.length;
    const variance = Math.max(0, squares / sorted.length - mean * mean);
    if (upperEndOfLoss(mean, variance, measuring) + Math.sqrt(variance / sorted.length) > limit) continue;
    best = { threshold: next === undefined ? 1 : (difficulty + next.difficulty) / 2, count: index + 1 };
  }
  return best;
}

/**
 * The upper end of the 95 % interval of a mean loss: the normal interval of `count` requests and one more, which loses everything. So requests
 * without a loss do not promise that there is none: 200 of them give 1.5 points, as the rule of three (Hanley and Lippman-Hand, 1983).
 */
export function upperEndOfLoss(mean: number, variance: number, count: number): number {
  const all = count + 1;
  const joined = (mean * count + 1) / all;
  const spread = (count * (variance + (mean - joined) ** 2) + (1 - joined) ** 2) / all;
  return joined + normalQuantile((1 + level) / 2) * Math.sqrt(spread / all);
}

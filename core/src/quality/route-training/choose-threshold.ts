import { normalQuantile } from '../statistics/distributions.js';

/** A request with its difficulty and the loss of the cheap answer, from -1 to 1. */
export interface RoutedRow {
  readonly difficulty: number;
  readonly loss: number;
}

interface RouteThreshold {
  readonly threshold: number;
  /** Number of requests up to the threshold. */
  readonly count: number;
}

/** Confidence level of the interval that is measured afterwards. */
const level = 0.95;

/**
 * Returns the highest threshold whose mean loss over all requests is probably within `limit` when it is then measured on `measuring`
 * further requests. The upper end of their interval counts, plus one standard error of the mean for what these rows may not show. Undefined
 * if no request may go to the cheap variant.
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
 * Returns the upper end of the 95 % interval of a mean loss: the normal interval over `count` requests plus an extra one that loses
 * everything. So `count` requests without a loss do not prove that there is none: 200 of them give 1.5 points, like the rule of three
 * (Hanley and Lippman-Hand, 1983).
 */
export function upperEndOfLoss(mean: number, variance: number, count: number): number {
  const all = count + 1;
  const joined = (mean * count + 1) / all;
  const spread = (count * (variance + (mean - joined) ** 2) + (1 - joined) ** 2) / all;
  return joined + normalQuantile((1 + level) / 2) * Math.sqrt(spread / all);
}

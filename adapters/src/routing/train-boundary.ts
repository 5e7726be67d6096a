import {
  bootstrapMeansSteps,
  chooseThreshold,
  createRandom,
  difficultyOf,
  upperEndOfLoss,
  type RoutedRow,
  type RoutePoint,
  type Steps,
} from '@heddle/core';
import type { HeadWeights } from '../models/head/head-scores.js';
import { trainHeadSteps } from '../models/head/train-head.js';

/** The input of the boundary for a request, and how much worse the cheap answer is, from -1 to 1. */
export interface TrainingRow {
  readonly input: Float32Array;
  readonly loss: number;
}

/** A mean loss on a scale of 100 points, with its 95 % interval. */
interface MeasuredLoss {
  readonly loss: number;
  readonly low: number;
  readonly high: number;
}

/** A learned boundary, with measurements on requests that it was not trained on. */
interface TrainedBoundary {
  readonly weights: readonly number[];
  readonly bias: number;
  /** Undefined if no request may go to the cheap variant. */
  readonly threshold: number | undefined;
  readonly policy: MeasuredLoss & { readonly share: number };
  /** The loss if every request went to the cheap variant. */
  readonly always: MeasuredLoss;
  readonly curve: readonly RoutePoint[];
  /** The indexes of the measured rows, and whether the policy sends each to the cheap variant. */
  readonly measured: ReadonlyMap<number, boolean>;
}

/** Three of five parts of the rows are for training, and two for measurement. */
const parts = 5;
const measuringParts = 2;
const rounds = 300;
const points = 20;
const strong = 'strong';

/**
 * Learns a boundary from three fifths of the requests, and measures it on the rest. The head is a logistic regression. Its threshold is
 * chosen by cross-validation in five parts, from difficulties that heads assign to requests on which they were not trained. Separate rows
 * for the measurement leave fewer for training, but the result holds for exactly this policy: cross-validation measures other heads, and
 * was too optimistic in simulations. The same rows give the same result.
 */
export function* trainBoundarySteps(rows: readonly TrainingRow[], maxLoss: number): Steps<TrainedBoundary> {
  const partOf = partsOf(rows, parts);
  const isMeasured = (index: number): boolean => (partOf[index] ?? 0) < measuringParts;
  const known = rows.filter((_, index) => !isMeasured(index));
  const chosen = chooseThreshold(yield* unseenOf(known), maxLoss / 100, rows.length - known.length);
  // Rounded to four digits, as people read it; the stored value is the one that is measured.
  const threshold = chosen === undefined ? undefined : Math.floor(chosen.threshold * 10_000) / 10_000;
  const head = yield* headOf(known);
  const measured = new Map<number, boolean>();
  const unseen: RoutedRow[] = [];
  for (const [index, { input, loss }] of rows.entries()) {
    if (!isMeasured(index)) continue;
    const difficulty = scoreOf(head, input);
    unseen.push({ difficulty, loss });
    measured.set(index, threshold !== undefined && difficulty <= threshold);
  }
  const routed = [...measured].map(([index, isCheap]) => (isCheap ? (rows[index]?.loss ?? 0) : 0));
  const losses = unseen.map(({ loss }) => loss);
  const [policy = unknown, always = unknown] = yield* measuredSteps([routed, losses], 10_000);
  return {
    weights: head.weights[0] ?? [],
    bias: head.bias[0] ?? 0,
    threshold,
    policy: { ...policy, share: [...measured.values()].filter(Boolean).length / measured.size },
    always,
    curve: yield* curveSteps(unseen),
    measured,
  };
}

/** The rows with difficulties from heads that were not trained on them. */
function* unseenOf(rows: readonly TrainingRow[]): Steps<readonly RoutedRow[]> {
  const partOf = partsOf(rows, parts);
  const found = rows.map(({ loss }) => ({ loss, difficulty: 1 }));
  for (let part = 0; part < parts; part += 1) {
    const head = yield* headOf(rows.filter((_, index) => partOf[index] !== part));
    for (const [index, { input, loss }] of rows.entries())
      if (partOf[index] === part) found[index] = { loss, difficulty: scoreOf(head, input) };
  }
  return found;
}

const headOf = (rows: readonly TrainingRow[]): Steps<HeadWeights> =>
  trainHeadSteps(
    rows.map(({ input, loss }) => ({ vector: input, labels: new Set(loss > 0 ? [strong] : []) })),
    [strong],
    { steps: rounds },
  );

const scoreOf = ({ weights, bias }: HeadWeights, input: Float32Array): number =>
  difficultyOf({ weights: weights[0] ?? [], bias: bias[0] ?? 0 }, input) ?? 1;

/** Assigns rows to parts in a random order, separately for rows with and without a loss. */
function partsOf(rows: readonly TrainingRow[], count: number): readonly number[] {
  const random = createRandom(1);
  const order = rows.map((_, index) => index);
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    [order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0];
  }
  const dealt = { with: 0, without: 0 };
  const found = new Array<number>(rows.length).fill(0);
  for (const index of order) found[index] = dealt[(rows[index]?.loss ?? 0) > 0 ? 'with' : 'without']++ % count;
  return found;
}

/** Losses for thresholds that send from a twentieth to all of the requests to the cheap variant. */
function* curveSteps(rows: readonly RoutedRow[]): Steps<readonly RoutePoint[]> {
  const sorted = rows.map(({ difficulty }) => difficulty).sort((a, b) => a - b);
  const thresholds = Array.from({ length: points }, (_, index) => {
    const count = Math.round(((index + 1) / points) * sorted.length);
    return count >= sorted.length ? 1 : ((sorted[count - 1] ?? 0) + (sorted[count] ?? 1)) / 2;
  });
  const losses = thresholds.map((threshold) =>
    rows.map(({ difficulty, loss }) => (difficulty <= threshold ? loss : 0)),
  );
  const measured = yield* measuredSteps(losses, 2_000);
  return thresholds.map((threshold, index) => ({
    threshold,
    share: rows.filter(({ difficulty }) => difficulty <= threshold).length / rows.length,
    ...(measured[index] ?? unknown),
  }));
}

const unknown: MeasuredLoss = { loss: 0, low: 0, high: 0 };

/** The means of several columns of losses, each with a bootstrap interval. Its upper end is at least that of `upperEndOfLoss`. */
function* measuredSteps(columns: readonly (readonly number[])[], resamples: number): Steps<readonly MeasuredLoss[]> {
  const intervals = yield* bootstrapMeansSteps(
    columns.map((losses) => ({ values: Float64Array.from(losses), levels: [0.95] })),
    { resamples },
  );
  return columns.map((losses, index) => {
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
    const { low, high } = intervals[index]?.[0] ?? { low: mean, high: mean };
    const upper = Math.max(high, upperEndOfLoss(mean, variance, losses.length));
    return { loss: mean * 100, low: low * 100, high: upper * 100 };
  });
}

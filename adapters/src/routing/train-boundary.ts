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

/** A request: what a boundary reads of it, and what the cheap answer loses, from -1 to 1. */
export interface TrainingRow {
  readonly input: Float32Array;
  readonly loss: number;
}

/** A mean loss in points of 100, with its 95 % interval. */
interface MeasuredLoss {
  readonly loss: number;
  readonly low: number;
  readonly high: number;
}

/** A learned boundary with what it was measured to give, on requests that it had not seen. */
interface TrainedBoundary {
  readonly weights: readonly number[];
  readonly bias: number;
  /** Undefined if no request may go to the cheap variant. */
  readonly threshold: number | undefined;
  readonly policy: MeasuredLoss & { readonly share: number };
  /** Everything to the cheap variant. */
  readonly always: MeasuredLoss;
  readonly curve: readonly RoutePoint[];
  /** The rows that were measured, by their index, and whether the policy gives them to the cheap variant. */
  readonly measured: ReadonlyMap<number, boolean>;
}

/** Of five rows, two measure what the other three taught. */
const parts = 5;
const measuringParts = 2;
const rounds = 300;
const points = 20;
const strong = 'strong';

/**
 * Learns a boundary from three fifths of the requests, and measures it on the rest. The head is a logistic regression; its threshold comes from
 * the difficulties that heads give to requests which they have not seen, in five parts in turn. Measuring on rows of its own costs rows, but
 * holds for exactly this policy: a measure by cross-validation is of other heads, and promised too much in simulations. The same rows give the
 * same result.
 */
export function* trainBoundarySteps(rows: readonly TrainingRow[], maxLoss: number): Steps<TrainedBoundary> {
  const partOf = partsOf(rows, parts);
  const isMeasured = (index: number): boolean => (partOf[index] ?? 0) < measuringParts;
  const known = rows.filter((_, index) => !isMeasured(index));
  const chosen = chooseThreshold(yield* unseenOf(known), maxLoss / 100, rows.length - known.length);
  // In four digits, as people read it; measured is what is stored.
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

/** Rows with the difficulty that a head gives which has not seen them. */
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

/** Deals rows out in a random order, those with a loss and those without one by themselves. */
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

/** Thresholds that give the cheap variant from a twentieth to all of the requests. */
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

/** The means of several columns of losses, each with a bootstrap interval whose upper end is not below that of `upperEndOfLoss`. */
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

import { createPace, runThrough, type Steps } from '@heddle/core';
import type { HeadWeights } from './head-scores.js';
import { dot, sigmoid } from './head-scores.js';

/** The vector of a text with its labels. */
export interface LabelledVector {
  readonly vector: Float32Array;
  readonly labels: ReadonlySet<string>;
  /** The labels for which nobody knows whether the text has them. */
  readonly unknown?: ReadonlySet<string>;
}

/** Whether it is known that a text has or does not have a label. */
export const isKnown = ({ unknown }: LabelledVector, label: string): boolean => unknown?.has(label) !== true;

export interface TrainOptions {
  readonly steps?: number;
}

/**
 * Trains a head by logistic regression, each label against all others. Texts with and without the label have the same total weight. It uses
 * Nesterov's accelerated gradient descent with the largest step that the curvature permits, so the same data give the same head.
 */
export const trainHead = (
  examples: readonly LabelledVector[],
  labels: readonly string[],
  options?: TrainOptions,
): HeadWeights => runThrough(trainHeadSteps(examples, labels, options));

/** Trains in steps, so that the caller can pause in between. */
export function* trainHeadSteps(
  examples: readonly LabelledVector[],
  labels: readonly string[],
  { steps = 600 }: TrainOptions = {},
): Steps<HeadWeights> {
  const rows: { readonly weights: number[]; readonly bias: number }[] = [];
  for (const label of labels) {
    const known = examples.filter((example) => isKnown(example, label));
    rows.push(yield* trainLabel(known, label, steps));
  }
  return { labels: [...labels], weights: rows.map(({ weights }) => weights), bias: rows.map(({ bias }) => bias) };
}

const l2 = 0.001;
/** The number of multiplications in one step, which takes some milliseconds. */
const stretch = 4_000_000;

function* trainLabel(
  examples: readonly LabelledVector[],
  label: string,
  steps: number,
): Steps<{ readonly weights: number[]; readonly bias: number }> {
  const isDue = createPace(stretch);
  const width = examples[0]?.vector.length ?? 0;
  const has = examples.map(({ labels }) => labels.has(label));
  const positives = has.filter(Boolean).length;
  const share = (isPositive: boolean): number =>
    0.5 / Math.max(1, isPositive ? positives : examples.length - positives);
  // The last entry is the bias. Vectors have length 1, so with the bias the squared length is 2, and the curvature of the loss is at most
  // 0.5.
  const step = 1 / (0.5 + l2);
  let weights = new Float64Array(width + 1);
  let ahead = weights.slice();
  for (let round = 1; round <= steps; round += 1) {
    const slope = new Float64Array(width + 1);
    examples.forEach(({ vector }, index) => {
      const isPositive = has[index] === true;
      const said = sigmoid(dot(vector, ahead) + (ahead[width] ?? 0));
      const off = (said - (isPositive ? 1 : 0)) * share(isPositive);
      for (let at = 0; at < width; at += 1) slope[at] = (slope[at] ?? 0) + off * (vector[at] ?? 0);
      slope[width] = (slope[width] ?? 0) + off;
    });
    const next = ahead.map((value, at) => value - step * ((slope[at] ?? 0) + (at < width ? l2 * value : 0)));
    const momentum = (round - 1) / (round + 2);
    const before = weights;
    ahead = next.map((value, at) => value + momentum * (value - (before[at] ?? 0)));
    weights = next;
    if (isDue(2 * width * examples.length)) yield;
  }
  return { weights: [...weights.slice(0, width)].map(rounded), bias: rounded(weights[width] ?? 0) };
}

/** Six digits are more precise than the floats of the vectors. */
const rounded = (value: number): number => Number(value.toFixed(6));

import { sigmoid, type HeadWeights } from './head-scores.js';

/** The raw value of a head for a text and a label, and whether the text has the label. */
export interface LabelScore {
  readonly value: number;
  readonly has: boolean;
}

/** Turns the values of one label into probabilities: `sigmoid(slope * value + shift)`. */
export interface Calibration {
  readonly slope: number;
  readonly shift: number;
}

const rounds = 50;

/**
 * Platt scaling (1999) by Newton's method. Training gives texts with and without a label the same weight, so the raw values overestimate a
 * rare label. As in Platt's paper, the targets are slightly less than 1 and more than 0, so that a few texts do not give certainty.
 */
export function calibrate(scores: readonly LabelScore[]): Calibration {
  const positives = scores.filter(({ has }) => has).length;
  const yes = (positives + 1) / (positives + 2);
  const no = 1 / (scores.length - positives + 2);
  let slope = 1;
  let shift = Math.log((positives + 1) / (scores.length - positives + 1));
  for (let round = 0; round < rounds; round += 1) {
    let ofSlope = 0;
    let ofShift = 0;
    let slopes = 1e-6;
    let shifts = 1e-6;
    let both = 0;
    for (const { value, has } of scores) {
      const probability = sigmoid(slope * value + shift);
      const off = probability - (has ? yes : no);
      const weight = Math.max(1e-12, probability * (1 - probability));
      ofSlope += off * value;
      ofShift += off;
      slopes += weight * value * value;
      shifts += weight;
      both += weight * value;
    }
    const determinant = slopes * shifts - both * both;
    if (!(determinant > 1e-12)) break;
    // Limits a Newton step to ten: far from the solution, it would overshoot.
    const limit = (step: number): number => Math.max(-10, Math.min(10, step));
    const stepSlope = limit((shifts * ofSlope - both * ofShift) / determinant);
    const stepShift = limit((slopes * ofShift - both * ofSlope) / determinant);
    slope -= stepSlope;
    shift -= stepShift;
    if (Math.abs(stepSlope) + Math.abs(stepShift) < 1e-9) break;
  }
  // If the head recognises a label worse than chance, the probability is the share of texts with the label, whatever the text.
  if (slope > 0 && Number.isFinite(slope + shift)) return { slope, shift };
  return { slope: 0, shift: Math.log(yes * (positives + 1)) - Math.log(scores.length - positives + 1) };
}

/** Applies the calibrations to a head, so that its scores are probabilities. */
export function calibrated({ labels, weights, bias }: HeadWeights, by: readonly Calibration[]): HeadWeights {
  const rounded = (value: number): number => Number(value.toPrecision(7));
  return {
    labels,
    weights: weights.map((row, label) => row.map((weight) => rounded(weight * (by[label]?.slope ?? 1)))),
    bias: bias.map((value, label) => rounded(value * (by[label]?.slope ?? 1) + (by[label]?.shift ?? 0))),
  };
}

/** The threshold with the best harmonic mean of precision and recall for a label. */
export function bestThreshold(scores: readonly LabelScore[]): number {
  const sorted = scores.toSorted((a, b) => b.value - a.value);
  const positives = sorted.filter(({ has }) => has).length;
  let found = 0;
  let best = 0;
  let threshold = 0.5;
  sorted.forEach(({ value, has }, index) => {
    if (has) found += 1;
    const next = sorted[index + 1]?.value;
    if (next === value) return;
    const f1 = (2 * found) / (index + 1 + positives);
    if (f1 <= best) return;
    best = f1;
    threshold = (value + (next ?? value)) / 2;
  });
  return threshold;
}

/** Average precision: the area under precision over recall. */
export function averagePrecision(scores: readonly LabelScore[]): number {
  const sorted = scores.toSorted((a, b) => b.value - a.value);
  const positives = sorted.filter(({ has }) => has).length;
  if (positives === 0) return 0;
  let found = 0;
  let sum = 0;
  let from = 0;
  let group = 0;
  sorted.forEach(({ value, has }, index) => {
    if (has) group += 1;
    if (sorted[index + 1]?.value === value) return;
    // Texts with the same score count together, because their order means nothing.
    found += group;
    sum += group * (found / (index + 1));
    [from, group] = [index + 1, 0];
  });
  return from === 0 ? 0 : sum / positives;
}

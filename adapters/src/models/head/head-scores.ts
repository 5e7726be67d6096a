import type { HeadFile } from './head-file.js';

/** The part of a head that scoring needs. */
export type HeadWeights = Pick<HeadFile, 'labels' | 'weights' | 'bias'>;

/** The probability of each label, in the order of the head. The labels are independent, so a text may have several or none. */
export function headScores(head: HeadWeights, vector: ArrayLike<number>): readonly number[] {
  return headValues(head, vector).map(sigmoid);
}

/** The value of each label before it becomes a probability. */
export function headValues({ weights, bias }: HeadWeights, vector: ArrayLike<number>): readonly number[] {
  return weights.map((row, label) => (bias[label] ?? 0) + dot(row, vector));
}

export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

export function dot(row: ArrayLike<number>, vector: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < row.length; at += 1) sum += (row[at] ?? 0) * (vector[at] ?? 0);
  return sum;
}

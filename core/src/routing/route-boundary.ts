import { z } from 'zod';
import { textFeatureNames, textFeatures } from './text-features.js';
import { lazyObject } from '../values/lazy-object.js';

const Share = z.number().min(0).max(1);

/**
 * A learned boundary between requests that a cheap model answers as well as a strong one, and all others: a logistic head over the
 * embedding of the request and the features of its text. It is stored in its policy, so publishing pins it.
 */
export const RouteBoundary = lazyObject(() => ({
  embedding: z.string().min(1).max(256),
  /** One for each dimension, followed by one for each text feature. */
  weights: z
    .array(z.number())
    .min(textFeatureNames.length + 1)
    .max(8_192),
  bias: z.number(),
  training: z.string().min(1).max(100),
  /** Epoch milliseconds. */
  trainedAt: z.number(),
  /** Number of requests that it was trained on. */
  rows: z.int().positive(),
  /** The share of requests for the cheap model, and the resulting loss in points out of 100 with its 95 % interval. */
  measured: z.object({ share: Share, loss: z.number(), low: z.number(), high: z.number() }),
})).meta({ id: 'RouteBoundary' });
export type RouteBoundary = z.infer<typeof RouteBoundary>;

/** Builds the input of a boundary: the embedding, then the features of the text, scaled to length 1. */
export function boundaryInput(vector: ArrayLike<number>, text: string): Float32Array {
  const features = textFeatures(text);
  const input = new Float32Array(vector.length + features.length);
  input.set(vector);
  input.set(features, vector.length);
  const length = Math.sqrt(input.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? input : input.map((value) => value / length);
}

/**
 * Returns the probability, 0 to 1, that the strong model answers a request better. Undefined if the embedding comes from another model than
 * the boundary's.
 *
 * @example difficultyOf(boundary, boundaryInput(vector, text)) // 0.42
 */
export function difficultyOf(
  { weights, bias }: { readonly weights: readonly number[]; readonly bias: number },
  input: ArrayLike<number>,
): number | undefined {
  if (input.length !== weights.length) return undefined;
  let sum = bias;
  for (let at = 0; at < weights.length; at += 1) sum += (weights[at] ?? 0) * (input[at] ?? 0);
  return 1 / (1 + Math.exp(-sum));
}

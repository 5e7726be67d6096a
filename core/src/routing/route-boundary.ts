import { z } from 'zod';
import { textFeatureNames, textFeatures } from './text-features.js';
import { lazyObject } from '../values/lazy-object.js';

const Share = z.number().min(0).max(1);

/**
 * A learned boundary between requests that a cheap model answers as well as a strong one, and the rest: a logistic head over the vector of
 * the request and the features of its text. It stands in its policy, so that a publish pins it.
 */
export const RouteBoundary = lazyObject(() => ({
  /** Id of the embedding model whose vectors it reads. */
  embedding: z.string().min(1).max(256),
  /** One a dimension, then one a feature of the text. */
  weights: z
    .array(z.number())
    .min(textFeatureNames.length + 1)
    .max(8_192),
  bias: z.number(),
  /** The training that made it. */
  training: z.string().min(1).max(100),
  /** Epoch milliseconds. */
  trainedAt: z.number(),
  /** Requests that it learned from. */
  rows: z.int().positive(),
  /** Share of requests that go to the cheap model, and what that loses, in points of 100, with the 95 % interval. */
  measured: z.object({ share: Share, loss: z.number(), low: z.number(), high: z.number() }),
})).meta({ id: 'RouteBoundary' });
export type RouteBoundary = z.infer<typeof RouteBoundary>;

/** What a boundary reads of a request, of length 1: its vector, then the features of its text. */
export function boundaryInput(vector: ArrayLike<number>, text: string): Float32Array {
  const features = textFeatures(text);
  const input = new Float32Array(vector.length + features.length);
  input.set(vector);
  input.set(features, vector.length);
  const length = Math.sqrt(input.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? input : input.map((value) => value / length);
}

/**
 * How likely the strong model answers a request better, from 0 to 1. Undefined where the vector is of another model than the boundary.
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

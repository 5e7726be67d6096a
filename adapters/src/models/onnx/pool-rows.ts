import { HeddleError } from '@heddle/core';
import { type RunOutput } from './onnx-session.js';

type Pooling = 'mean' | 'cls' | 'last';

/** Makes one normalised vector for each text of a batch. The rows of a model that pools by itself are only normalised. */
export function poolRows(
  { data, shape }: RunOutput,
  lengths: readonly number[],
  pooling: Pooling,
): readonly Float32Array[] {
  const width = shape.at(-1) ?? 0;
  if (shape.length === 2) return lengths.map((_, row) => normalise(data.slice(row * width, (row + 1) * width)));
  if (shape.length !== 3)
    throw new HeddleError(
      'model_file_invalid',
      `The output of the model has ${shape.length} dimensions; that of an embedding model has 2 or 3.`,
    );
  const padded = shape[1] ?? 0;
  return lengths.map((length, row) =>
    normalise(poolOne(data.subarray(row * padded * width, (row + 1) * padded * width), length, width, pooling)),
  );
}

function poolOne(states: Float32Array, length: number, width: number, pooling: Pooling): Float32Array {
  if (pooling === 'cls') return states.slice(0, width);
  if (pooling === 'last') return states.slice((length - 1) * width, length * width);
  const mean = new Float32Array(width);
  for (let token = 0; token < length; token += 1) {
    for (let index = 0; index < width; index += 1)
      mean[index] = (mean[index] ?? 0) + (states[token * width + index] ?? 0);
  }
  return mean;
}

/** Scales a vector to length 1. A zero vector gets a direction, so that it can be stored. */
export function normalise(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (!(sum > 0)) return vector.fill(0).fill(1, 0, 1);
  const scale = 1 / Math.sqrt(sum);
  return vector.map((value) => value * scale);
}

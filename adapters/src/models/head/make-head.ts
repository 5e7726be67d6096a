import { HeddleError, type Embedder } from '@heddle/core';
import { calibrated } from './calibrate.js';
import { crossValidate } from './cross-validate.js';
import type { HeadFile } from './head-file.js';
import { readExamples } from './read-examples.js';
import { trainHead, type TrainOptions } from './train-head.js';

interface MakeHeadOptions extends TrainOptions {
  /** The number of folds for cross-validation. Default 5. */
  readonly folds?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Trains a classifier head on labelled texts with an embedding model, and measures it by cross-validation. There is no head without
 * measurements. Its scores are calibrated probabilities. Errors: `bad_request`, and those of the embedder.
 *
 * @example const head = await makeHead('{"text":"You fool","labels":["insult"]}\n…', embedder);
 */
export async function makeHead(jsonl: string, embedder: Embedder, options: MakeHeadOptions = {}): Promise<HeadFile> {
  const { examples, labels } = readExamples(jsonl);
  const folds = options.folds ?? Math.min(5, Math.max(2, Math.floor(examples.length / 2)));
  if (!Number.isInteger(folds) || folds < 2 || folds > examples.length)
    throw new HeddleError('bad_request', `The data cannot be cut into ${folds} parts: choose 2 to ${examples.length}.`);
  const vectors = await embedder.embed(
    examples.map(({ text }) => text),
    {
      kind: 'passage',
      signal: options.signal,
      onProgress: (done) => options.onProgress?.(done, examples.length),
    },
  );
  const labelled = examples.map((example, index) => ({
    vector: vectors[index] ?? new Float32Array(embedder.dimensions),
    labels: new Set(example.labels),
    unknown: new Set(example.unknown),
  }));
  const { measured, calibrations } = crossValidate(labelled, labels, folds, options);
  const { weights, bias } = calibrated(trainHead(labelled, labels, options), calibrations);
  return {
    heddle: 'classifier-head',
    version: 1,
    embedding: embedder.id,
    dimensions: embedder.dimensions,
    labels: [...labels],
    weights: weights.map((row) => [...row]),
    bias: [...bias],
    measured,
  };
}

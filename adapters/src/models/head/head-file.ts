import { readFile } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';

/** How well a head recognises one label, on texts on which it was not trained. */
export const LabelMeasure = z.object({
  label: z.string(),
  /** The number of texts with the label. */
  texts: z.int().nonnegative(),
  /** The number of texts for which the label is known; undefined means all texts. */
  known: z.int().nonnegative().optional(),
  /** Precision, recall and their harmonic mean at the threshold 0.5. */
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** The area under precision over recall. */
  averagePrecision: z.number().optional(),
  /** The threshold with the best harmonic mean of precision and recall, and the figures at that threshold. */
  threshold: z.number().optional(),
  atThreshold: z.object({ precision: z.number(), recall: z.number(), f1: z.number() }).optional(),
});
export type LabelMeasure = z.infer<typeof LabelMeasure>;

/** The result of cross-validation at the threshold 0.5. */
export const HeadMeasure = z.object({
  folds: z.int().min(2),
  texts: z.int().positive(),
  /** The share of texts with only correct labels. */
  exact: z.number(),
  /** The same share for the best constant answer. */
  baseline: z.number(),
  labels: z.array(LabelMeasure),
});
export type HeadMeasure = z.infer<typeof HeadMeasure>;

/** A classifier head: a row of weights for each label, applied to the vectors of an embedding model. */
export const HeadFile = z
  .object({
    heddle: z.literal('classifier-head'),
    version: z.literal(1),
    embedding: z.string().min(1),
    dimensions: z.int().positive().max(8_192),
    labels: z.array(z.string().min(1).max(64)).min(1).max(256),
    /** A row for each label, of length `dimensions`. */
    weights: z.array(z.array(z.number())).min(1),
    bias: z.array(z.number()).min(1),
    measured: HeadMeasure.optional(),
  })
  .refine(
    ({ labels, weights, bias, dimensions }) =>
      weights.length === labels.length &&
      bias.length === labels.length &&
      weights.every((row) => row.length === dimensions),
    { error: 'The weights do not fit the labels and dimensions.' },
  );
export type HeadFile = z.infer<typeof HeadFile>;

/** Reads a head. Errors: `model_file_invalid`. */
export async function readHead(file: string): Promise<HeadFile> {
  try {
    return HeadFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new HeddleError(
      'model_file_invalid',
      `'${file}' is not a usable classifier head: train it again with heddle models train.`,
      { cause },
    );
  }
}

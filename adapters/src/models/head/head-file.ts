import { readFile } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';

/** How well a head tells one label from the rest, on texts that it was not trained on. */
export const LabelMeasure = z.object({
  label: z.string(),
  /** Texts that have it. */
  texts: z.int().nonnegative(),
  /** Texts of which it is known whether they have it; all, if it is left out. */
  known: z.int().nonnegative().optional(),
  /** At a score of a half. */
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** The area under precision over recall. */
  averagePrecision: z.number().optional(),
  /** The score from which on it is best separated, by the harmonic mean of precision and recall, and what that gives. */
  threshold: z.number().optional(),
  atThreshold: z.object({ precision: z.number(), recall: z.number(), f1: z.number() }).optional(),
});
export type LabelMeasure = z.infer<typeof LabelMeasure>;

/** What cross-validation gave, at the threshold of a half. */
export const HeadMeasure = z.object({
  folds: z.int().min(2),
  texts: z.int().positive(),
  /** Share of texts all of whose labels were right. */
  exact: z.number(),
  /** The same for a classifier that always answers the most frequent labels. */
  baseline: z.number(),
  labels: z.array(LabelMeasure),
});
export type HeadMeasure = z.infer<typeof HeadMeasure>;

/** A classifier head: one row of weights a label over the vectors of an embedding model. */
export const HeadFile = z
  .object({
    heddle: z.literal('classifier-head'),
    version: z.literal(1),
    /** Id of the embedding model whose vectors it reads. */
    embedding: z.string().min(1),
    dimensions: z.int().positive().max(8_192),
    labels: z.array(z.string().min(1).max(64)).min(1).max(256),
    /** Label by label, each `dimensions` long. */
    weights: z.array(z.array(z.number())).min(1),
    bias: z.array(z.number()).min(1),
    /** Undefined if it was not measured. */
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
      `'${file}' is no classifier head that can be used: train it again with heddle models train.`,
      { cause },
    );
  }
}

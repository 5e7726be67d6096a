import { isFloat32Array } from '@heddle/core';
import { z } from 'zod';

/** A model for the ONNX host to load. */
export const OnnxModel = z.object({
  id: z.string(),
  weights: z.string(),
  tokenizer: z.object({ role: z.enum(['tokenizer', 'vocabulary']), path: z.string() }),
  /** For a spaCy pipeline: the table of normal forms of words. */
  lookups: z.string().optional(),
  maxTokens: z.int().positive(),
  pooling: z.enum(['mean', 'cls', 'last']).optional(),
  /** The most padded tokens in a batch; 0 runs each text alone. */
  batchTokens: z.int().nonnegative(),
  threads: z.int().positive(),
});
export type OnnxModel = z.infer<typeof OnnxModel>;

/** If set, texts that are too long are refused. The error counts the texts from this number. */
export const longTexts = { refusesFrom: z.int().positive().optional() };

/** The parameters of the ONNX host's methods. */
export const onnxRequests = {
  load: OnnxModel,
  unload: z.object({ id: z.string() }),
  /** `isUrgent` lets a query run between the batches of an import. */
  embed: z.object({
    id: z.string(),
    texts: z.array(z.string()),
    prefix: z.string(),
    ...longTexts,
    isUrgent: z.boolean(),
    threads: z.int().positive(),
  }),
  /** Returns the outputs for each token of a text. */
  tag: z.object({ id: z.string(), text: z.string(), threads: z.int().positive() }),
  /** Finds the names in a text with a spaCy pipeline. */
  names: z.object({ id: z.string(), text: z.string(), labels: z.array(z.string()) }),
  score: z.object({
    id: z.string(),
    query: z.string().optional(),
    texts: z.array(z.string()),
    threads: z.int().positive(),
  }),
};

/** The result of the methods: the vectors or scores of all texts in one array. */
export const OnnxRows = z.object({ values: z.custom<Float32Array>(isFloat32Array), width: z.int().nonnegative() });
export type OnnxRows = z.infer<typeof OnnxRows>;
export const TaggedSpans = z.array(z.object({ start: z.int(), end: z.int(), label: z.string(), score: z.number() }));
/** Vectors, with the number of tokens that the model processed for them. */
export const EmbeddedRows = OnnxRows.extend({ tokens: z.int().nonnegative() });
export type EmbeddedRows = z.infer<typeof EmbeddedRows>;

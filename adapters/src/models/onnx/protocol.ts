import { isFloat32Array } from '@heddle/core';
import { z } from 'zod';

/** A model that the ONNX host shall open. */
export const OnnxModel = z.object({
  id: z.string(),
  weights: z.string(),
  tokenizer: z.object({ role: z.enum(['tokenizer', 'vocabulary']), path: z.string() }),
  /** For a pipeline of spaCy: the usual forms of words. */
  lookups: z.string().optional(),
  maxTokens: z.int().positive(),
  pooling: z.enum(['mean', 'cls', 'last']).optional(),
  /** Padded tokens of one batch; 0 runs each text by itself. */
  batchTokens: z.int().nonnegative(),
  threads: z.int().positive(),
});
export type OnnxModel = z.infer<typeof OnnxModel>;

/** Where texts that are too long are refused: what the first of these texts is called in the message about it, counted from one. */
export const longTexts = { refusesFrom: z.int().positive().optional() };

/** What the methods of the ONNX host take. */
export const onnxRequests = {
  load: OnnxModel,
  unload: z.object({ id: z.string() }),
  /** `isUrgent` lets a query pass between the batches of an ingest. */
  embed: z.object({
    id: z.string(),
    texts: z.array(z.string()),
    prefix: z.string(),
    ...longTexts,
    isUrgent: z.boolean(),
    threads: z.int().positive(),
  }),
  /** The outputs of each token of one text. */
  tag: z.object({ id: z.string(), text: z.string(), threads: z.int().positive() }),
  /** The names in one text, by a pipeline of spaCy. */
  names: z.object({ id: z.string(), text: z.string(), labels: z.array(z.string()) }),
  score: z.object({
    id: z.string(),
    query: z.string().optional(),
    texts: z.array(z.string()),
    threads: z.int().positive(),
  }),
};

/** What they give: the vectors or scores of all texts, one after the other. */
export const OnnxRows = z.object({ values: z.custom<Float32Array>(isFloat32Array), width: z.int().nonnegative() });
export type OnnxRows = z.infer<typeof OnnxRows>;
/** The names in a text. */
export const TaggedSpans = z.array(z.object({ start: z.int(), end: z.int(), label: z.string(), score: z.number() }));
/** Vectors, with the tokens that the model was given for them. */
export const EmbeddedRows = OnnxRows.extend({ tokens: z.int().nonnegative() });
export type EmbeddedRows = z.infer<typeof EmbeddedRows>;

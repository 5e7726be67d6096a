import { isFloat32Array } from '@heddle/core';
import { z } from 'zod';

/** A model that the ONNX host shall open. */
export const OnnxModel = z.object({
  id: z.string(),
  weights: z.string(),
  tokenizer: z.object({ role: z.enum(['tokenizer', 'vocabulary']), path: z.string() }),
  maxTokens: z.int().positive(),
  pooling: z.enum(['mean', 'cls', 'last']).optional(),
  /** Padded tokens of one batch; 0 runs each text by itself. */
  batchTokens: z.int().nonnegative(),
  threads: z.int().positive(),
});
export type OnnxModel = z.infer<typeof OnnxModel>;

/** What the methods of the ONNX host take. */
export const onnxRequests = {
  load: OnnxModel,
  unload: z.object({ id: z.string() }),
  /** `isUrgent` lets a query pass between the batches of an ingest. */
  embed: z.object({
    id: z.string(),
    texts: z.array(z.string()),
    prefix: z.string(),
    isUrgent: z.boolean(),
    threads: z.int().positive(),
  }),
  /** The outputs of each token of one text. */
  tag: z.object({ id: z.string(), text: z.string(), threads: z.int().positive() }),
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

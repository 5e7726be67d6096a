import { z } from 'zod';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/**
 * Hard negatives: passages that a search finds for a question and that do not answer it. They are proposed for the labelled questions of a
 * dataset, and a person accepts them.
 */
export const NegativesRequest = lazyStrictObject(() => ({
  /** The name of a collection that belongs to the project or is granted to it. */
  collection: z.string().min(1).max(200),
  /** Only rows of this split. */
  split: z.string().trim().min(1).max(100).optional(),
  /** The input with the question. By default the first text. */
  input: z.string().trim().min(1).max(200).optional(),
  /** How many documents a question has in the end that are judged not relevant, with those that it has. */
  each: z.int().min(1).max(20).default(3),
  /** At most so many questions, drawn by the seed. */
  questions: z.int().min(1).max(2_000).default(200),
  /** Says whether a passage answers the question: a local model or one of a connection. Without it, the reviewer alone does. */
  model: z.string().min(1).max(256).optional(),
  /** What the calls of the model may cost together, in USD. */
  budget: z.number().positive().max(1_000_000).optional(),
  /** Equal seeds choose equal questions. */
  seed: z.int().min(0).max(2_147_483_647).default(0),
})).meta({ id: 'NegativesRequest' });
export type NegativesRequest = z.infer<typeof NegativesRequest>;

/** What became of the questions: the progress and the result of the job. */
export const NegativesReport = lazyObject(() => ({
  /** Questions that are searched. */
  planned: z.int(),
  done: z.int(),
  /** Rows without a question or a relevant document of the collection, and rows with enough judged documents. */
  skipped: z.int(),
  /** Documents that are proposed as not relevant. */
  proposed: z.int(),
  /** Documents that are proposed as relevant, because they seem to answer the question. */
  relevant: z.int(),
  /** Passages and questions above the clearance of the model. */
  refused: z.int(),
  /** Replies of the model that say nothing; their passages are left out. */
  unreadable: z.int(),
  /** Questions whose search or check failed. */
  failed: z.int(),
  /** In USD. */
  cost: z.number(),
  /** The first ones, each with its row. */
  problems: z.array(z.object({ row: z.string(), code: z.string(), message: z.string() })),
  /** Why it ended before all questions were searched. */
  stopped: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The version of the dataset with the proposals; missing where there are none. */
  version: z.int().optional(),
})).meta({ id: 'NegativesReport' });
export type NegativesReport = z.infer<typeof NegativesReport>;

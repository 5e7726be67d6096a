import { z } from 'zod';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/**
 * Finds hard negatives: passages that a search finds for a question although they do not answer it. They are proposed for the labelled
 * questions of a dataset, and a person accepts them.
 */
export const NegativesRequest = lazyStrictObject(() => ({
  /** The name of a collection that belongs to the project or is granted to it. */
  collection: z.string().min(1).max(200),
  split: z.string().trim().min(1).max(100).optional(),
  /** The input that contains the question. Default: the first text input. */
  input: z.string().trim().min(1).max(200).optional(),
  /** How many documents each question should finally have that are judged not relevant, including existing ones. */
  each: z.int().min(1).max(20).default(3),
  /** Maximum number of questions, sampled with the seed. */
  questions: z.int().min(1).max(2_000).default(200),
  /** Judges whether a passage answers the question: a local model or one of a connection. Without it, only the reviewer judges. */
  model: z.string().min(1).max(256).optional(),
  /** Maximum total cost of the model calls, in USD. */
  budget: z.number().positive().max(1_000_000).optional(),
  /** The same seed selects the same questions. */
  seed: z.int().min(0).max(2_147_483_647).default(0),
})).meta({ id: 'NegativesRequest' });
export type NegativesRequest = z.infer<typeof NegativesRequest>;

/** Counts for the progress and the result of the job. */
export const NegativesReport = lazyObject(() => ({
  /** Questions to search for. */
  planned: z.int(),
  done: z.int(),
  /** Rows without a question or without a relevant document in the collection, and rows that already have enough judged documents. */
  skipped: z.int(),
  /** Documents proposed as not relevant. */
  proposed: z.int(),
  /** Documents proposed as relevant, because they seem to answer the question. */
  relevant: z.int(),
  /** Passages and questions above the clearance of the model. */
  refused: z.int(),
  /** Replies of the model that contain no verdict; their passages are left out. */
  unreadable: z.int(),
  /** Questions whose search or check failed. */
  failed: z.int(),
  /** In USD. */
  cost: z.number(),
  /** The first problems, each with its row. */
  problems: z.array(z.object({ row: z.string(), code: z.string(), message: z.string() })),
  /** Why the job ended before all questions were searched. */
  stopped: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The dataset version that contains the proposals; missing if there are none. */
  version: z.int().optional(),
})).meta({ id: 'NegativesReport' });
export type NegativesReport = z.infer<typeof NegativesReport>;

import { z } from 'zod';
import { Filter } from '../../ports/filter.js';
import { DatasetRow, ProposedReference } from './dataset.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** What a question asks for: something in one passage, something in two passages together, something that the passage does not say. */
export const QuestionKind = z.enum(['factual', 'multi-passage', 'unanswerable']).meta({ id: 'QuestionKind' });
export type QuestionKind = z.infer<typeof QuestionKind>;

/** Questions that a model writes from passages of a collection. */
export const QuestionsRequest = lazyStrictObject(() => ({
  /** The name of a collection that belongs to the project or is granted to it. */
  collection: z.string().min(1).max(200),
  /** Only passages with this metadata. */
  filter: Filter.optional(),
  count: z.int().min(1).max(2_000).default(20),
  /** A local model or one of a connection. Passages above its clearance are left out. */
  model: z.string().min(1).max(256),
  /** Questions of each kind in turn. */
  kinds: z.array(QuestionKind).min(1).max(3).default(['factual']),
  /** Such as `German`. By default the language of the passage. */
  language: z.string().trim().max(60).default(''),
  /** The input of the rows. */
  input: z.string().trim().min(1).max(100).default('question'),
  /** The expected answer of questions that the passage does not answer. */
  refusal: z.string().trim().min(1).max(500).default('The documents do not say.'),
  split: z.string().trim().min(1).max(100).optional(),
  /** Equal seeds choose equal passages. */
  seed: z.int().min(0).max(2_147_483_647).default(0),
  /** What the calls of the model may cost together, in USD. */
  budget: z.number().positive().max(1_000_000).optional(),
})).meta({ id: 'QuestionsRequest' });
export type QuestionsRequest = z.infer<typeof QuestionsRequest>;

/** Why a written question needs a second check. */
export const QuestionFlag = z
  .enum([
    /** The passages do not support the answer. */
    'not-grounded',
    /** A search with the question does not find its passage. */
    'not-found',
    /** The passage does not have the words that the model quotes from it. */
    'not-quoted',
    /** The passage answers a question that it should not answer. */
    'answered',
  ])
  .meta({ id: 'QuestionFlag' });
export type QuestionFlag = z.infer<typeof QuestionFlag>;

/** How a row was written; in `metadata.generated` of the row. */
export const GeneratedBy = lazyObject(() => ({
  model: z.string(),
  prompt: z.object({ name: z.string(), version: z.int(), hash: z.string() }),
  kind: QuestionKind,
  collection: z.string(),
  /** Ids of the passages, in the order of `references`. */
  passages: z.array(z.string()),
  /** The words of the passage that hold the answer. */
  quote: z.string().optional(),
  flags: z.array(QuestionFlag),
  seed: z.int(),
})).meta({ id: 'GeneratedBy' });
export type GeneratedBy = z.infer<typeof GeneratedBy>;

/** What became of the passages: the progress and the result of the job. */
export const QuestionsReport = lazyObject(() => ({
  /** Questions that were asked for. */
  wanted: z.int(),
  /** Attempts so far. */
  done: z.int(),
  /** Attempts that are planned. */
  planned: z.int(),
  /** Questions that are kept; they come into the dataset as one version when the job ends. */
  written: z.int(),
  flagged: z.int(),
  /** Equal or nearly equal to a question that is there. */
  duplicates: z.int(),
  /** Replies that are no question. */
  unreadable: z.int(),
  /** Passages above the clearance of the model. */
  refused: z.int(),
  /** Passages that are gone, and calls that failed. */
  failed: z.int(),
  /** In USD. */
  cost: z.number(),
  /** The first ones, each with its document. */
  problems: z.array(z.object({ document: z.string(), code: z.string(), message: z.string() })),
  /** Why it ended before all questions were written. */
  stopped: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The version of the dataset with the rows; missing where there are none. */
  version: z.int().optional(),
})).meta({ id: 'QuestionsReport' });
export type QuestionsReport = z.infer<typeof QuestionsReport>;

/** What a person says of a row that waits for a review. */
export const ReviewRowRequest = lazyStrictObject(() => ({
  decision: z.enum(['accept', 'reject']),
  /** The hash of the row that the person saw. */
  hash: z.string().min(1).max(200),
  /** The row as the person changed it. */
  row: DatasetRow.optional(),
  /** The proposed documents to keep, each with its grade. The others are dropped. Without this field, all are kept as proposed. */
  proposed: z
    .array(ProposedReference.pick({ document: true, grade: true }))
    .max(100)
    .optional(),
})).meta({ id: 'ReviewRowRequest' });
export type ReviewRowRequest = z.infer<typeof ReviewRowRequest>;

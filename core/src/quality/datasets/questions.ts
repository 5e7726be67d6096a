import { z } from 'zod';
import { Filter } from '../../ports/filter.js';
import { DatasetRow, ProposedReference } from './dataset.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** What a question asks for: a fact from one passage, something that needs two passages, or something that the passage does not say. */
export const QuestionKind = z.enum(['factual', 'multi-passage', 'unanswerable']).meta({ id: 'QuestionKind' });
export type QuestionKind = z.infer<typeof QuestionKind>;

/** Lets a model write questions from passages of a collection. */
export const QuestionsRequest = lazyStrictObject(() => ({
  /** The name of a collection that belongs to the project or is granted to it. */
  collection: z.string().min(1).max(200),
  filter: Filter.optional(),
  count: z.int().min(1).max(2_000).default(20),
  /** A local model, or one of a connection. Passages above its clearance are left out. */
  model: z.string().min(1).max(256),
  /** The kinds of questions, written alternately. */
  kinds: z.array(QuestionKind).min(1).max(3).default(['factual']),
  /** For example `German`. Default: the language of the passage. */
  language: z.string().trim().max(60).default(''),
  /** The name of the input in the new rows. */
  input: z.string().trim().min(1).max(100).default('question'),
  /** The expected answer of unanswerable questions. */
  refusal: z.string().trim().min(1).max(500).default('The documents do not say.'),
  split: z.string().trim().min(1).max(100).optional(),
  /** The same seed selects the same passages. */
  seed: z.int().min(0).max(2_147_483_647).default(0),
  /** Maximum total cost of the model calls, in USD. */
  budget: z.number().positive().max(1_000_000).optional(),
})).meta({ id: 'QuestionsRequest' });
export type QuestionsRequest = z.infer<typeof QuestionsRequest>;

/** Why a written question should be checked by a person. */
export const QuestionFlag = z
  .enum([
    /** The passages do not support the answer. */
    'not-grounded',
    /** A search for the question does not find its passage. */
    'not-found',
    /** The passage does not contain the model's quote. */
    'not-quoted',
    /** The passage answers a question that should be unanswerable. */
    'answered',
  ])
  .meta({ id: 'QuestionFlag' });
export type QuestionFlag = z.infer<typeof QuestionFlag>;

/** How a row was written. Stored in `metadata.generated` of the row. */
export const GeneratedBy = lazyObject(() => ({
  model: z.string(),
  prompt: z.object({ name: z.string(), version: z.int(), hash: z.string() }),
  kind: QuestionKind,
  collection: z.string(),
  /** Ids of the passages, in the order of `references`. */
  passages: z.array(z.string()),
  /** The words of the passage that contain the answer. */
  quote: z.string().optional(),
  flags: z.array(QuestionFlag),
  seed: z.int(),
})).meta({ id: 'GeneratedBy' });
export type GeneratedBy = z.infer<typeof GeneratedBy>;

/** Counts for the progress and the result of the job. */
export const QuestionsReport = lazyObject(() => ({
  wanted: z.int(),
  /** Attempts so far. */
  done: z.int(),
  planned: z.int(),
  /** Accepted questions. They are added to the dataset as one version when the job ends. */
  written: z.int(),
  flagged: z.int(),
  /** Questions that equal or nearly equal an existing one. */
  duplicates: z.int(),
  /** Replies that contain no question. */
  unreadable: z.int(),
  /** Passages above the clearance of the model. */
  refused: z.int(),
  /** Passages that no longer exist, and calls that failed. */
  failed: z.int(),
  /** In USD. */
  cost: z.number(),
  /** The first problems, each with its document. */
  problems: z.array(z.object({ document: z.string(), code: z.string(), message: z.string() })),
  /** Why the job ended before all questions were written. */
  stopped: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The dataset version that contains the rows; missing if there are none. */
  version: z.int().optional(),
})).meta({ id: 'QuestionsReport' });
export type QuestionsReport = z.infer<typeof QuestionsReport>;

/** A person's decision about a row that needs a review. */
export const ReviewRowRequest = lazyStrictObject(() => ({
  decision: z.enum(['accept', 'reject']),
  /** The hash of the row as the person saw it. */
  hash: z.string().min(1).max(200),
  row: DatasetRow.optional(),
  /** The proposed documents to keep, each with its grade; the others are dropped. Without this field, all are kept as proposed. */
  proposed: z
    .array(ProposedReference.pick({ document: true, grade: true }))
    .max(100)
    .optional(),
})).meta({ id: 'ReviewRowRequest' });
export type ReviewRowRequest = z.infer<typeof ReviewRowRequest>;

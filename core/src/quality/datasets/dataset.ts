import { z } from 'zod';
import { RunTrigger } from '../../ports/journal.js';
import { LabelLevel } from '../../labels/label.js';
import { FeedbackFilter } from '../feedback/feedback.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A document that was judged for a question: the answer should be based on it, or should not. */
export const ReferencePassage = lazyStrictObject(() => ({
  document: z.string().min(1).max(1_000),
  text: z.string().max(200_000).optional(),
  /** Relevance grade. Above 0: relevant. 0 or below: judged not relevant, such as a hard negative. */
  grade: z.number().min(-10).max(100).default(1),
})).meta({ id: 'ReferencePassage' });
export type ReferencePassage = z.infer<typeof ReferencePassage>;

/** A document whose relevance a person still has to confirm. Until then, it is not used for any metric. */
export const ProposedReference = lazyStrictObject(() => ({
  document: z.string().min(1).max(1_000),
  text: z.string().max(200_000).optional(),
  /** The proposed judgement: 1 for relevant, 0 for not relevant. */
  grade: z.union([z.literal(0), z.literal(1)]),
  passage: z.string().max(2_000).optional(),
  /** Why it is proposed as relevant: a model says that it answers the question (`model`), or it contains the expected answer (`answer`). */
  because: z.enum(['model', 'answer']).optional(),
})).meta({ id: 'ProposedReference' });
export type ProposedReference = z.infer<typeof ProposedReference>;

/** A row of a dataset: the inputs of a workflow and the expected answer. */
export const DatasetRow = lazyStrictObject(() => ({
  /** Identifies the row in all versions. Default: derived from the content. */
  id: z.string().min(1).max(200).optional(),
  /** The inputs of a run by name. */
  inputs: z.record(z.string(), z.unknown()),
  /** The expected answer; a list contains several correct answers. */
  expected: z.unknown().optional(),
  references: z.array(ReferencePassage).max(10_000).optional(),
  /** Documents that need a review, in addition to those already judged. */
  proposed: z.array(ProposedReference).max(100).optional(),
  tags: z.array(z.string().min(1).max(100)).max(100).optional(),
  /** For example train, validation or test. */
  split: z.string().min(1).max(100).optional(),
  /** The level of the row, which limits who may judge or read it. */
  label: LabelLevel.default('internal'),
  /** Set if a model wrote the row and no person has accepted it yet. Experiments leave it out. */
  unreviewed: z.literal(true).optional(),
  run: z.string().max(200).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})).meta({ id: 'DatasetRow' });
export type DatasetRow = z.infer<typeof DatasetRow>;

/** A row of a dataset version, with its id and the hash of its content. */
export const StoredDatasetRow = DatasetRow.extend({ id: z.string(), hash: z.string() }).meta({
  id: 'StoredDatasetRow',
});
export type StoredDatasetRow = z.infer<typeof StoredDatasetRow>;

/** A dataset in a list, at its newest version. */
export const DatasetInfo = lazyObject(() => ({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** 0 until rows are added. */
  version: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  createdAt: z.number(),
  updatedAt: z.number(),
})).meta({ id: 'DatasetInfo' });
export type DatasetInfo = z.infer<typeof DatasetInfo>;

/** A version of a dataset. Its rows never change. */
export const DatasetVersion = lazyObject(() => ({
  version: z.int().positive(),
  rows: z.int().nonnegative(),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  /** Who created the version: `local`, `user:ID`, `key:ID`. */
  who: z.string(),
  note: z.string(),
  createdAt: z.number(),
  /** Rows of this version that were erased later. */
  erased: z.int().nonnegative(),
})).meta({ id: 'DatasetVersion' });
export type DatasetVersion = z.infer<typeof DatasetVersion>;

/** The result of a write. If nothing changed, no version is created. */
export const DatasetWriteReply = lazyObject(() => ({
  version: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
})).meta({ id: 'DatasetWriteReply' });
export type DatasetWriteReply = z.infer<typeof DatasetWriteReply>;

/** Rows of one version that have the same inputs. */
export const DatasetTwins = lazyObject(() => ({
  /** At most ten ids. */
  rows: z.array(z.string()),
  count: z.int().positive(),
  /** The splits of these rows. More than one is a leak: test data that was also used for training. */
  splits: z.array(z.string()),
})).meta({ id: 'DatasetTwins' });
export type DatasetTwins = z.infer<typeof DatasetTwins>;

/** Possible problems of a version: duplicate rows, and inputs that occur in several splits. */
export const DatasetProblems = lazyObject(() => ({
  duplicates: z.int().nonnegative(),
  leaks: z.int().nonnegative(),
  /** The first groups; leaks come first. */
  groups: z.array(DatasetTwins),
})).meta({ id: 'DatasetProblems' });
export type DatasetProblems = z.infer<typeof DatasetProblems>;

/** File formats for the import and export of rows. */
export const DatasetFormat = z
  .enum(['jsonl', 'csv', 'parquet', 'openai', 'messages', 'promptfoo', 'beir', 'trec'])
  .meta({ id: 'DatasetFormat' });
export type DatasetFormat = z.infer<typeof DatasetFormat>;

/** A new dataset, without rows. */
export const CreateDatasetRequest = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(''),
})).meta({ id: 'CreateDatasetRequest' });
export type CreateDatasetRequest = z.infer<typeof CreateDatasetRequest>;

/** The datasets that the caller may read. */
export const DatasetsReply = z.object({ datasets: z.array(DatasetInfo) }).meta({ id: 'DatasetsReply' });
export type DatasetsReply = z.infer<typeof DatasetsReply>;

/** A dataset with its versions, newest first. */
export const DatasetReply = DatasetInfo.extend({ versions: z.array(DatasetVersion) }).meta({ id: 'DatasetReply' });
export type DatasetReply = z.infer<typeof DatasetReply>;

/** A page of rows; `next` is missing on the last page. */
export const DatasetRowsReply = lazyObject(() => ({
  rows: z.array(StoredDatasetRow),
  next: z.int().positive().optional(),
})).meta({ id: 'DatasetRowsReply' });
export type DatasetRowsReply = z.infer<typeof DatasetRowsReply>;

/**
 * Creates rows from finished runs: their inputs, and their outputs as expected answers. A corrected answer replaces the output. An answer
 * that people rated as bad is not used as an expected answer. All given filters must match.
 */
export const RowsFromRunsRequest = lazyStrictObject(() => ({
  runs: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
  /** Id or slug. */
  workflow: z.string().min(1).max(200).optional(),
  trigger: RunTrigger.optional(),
  /** Only runs accepted from this time on (epoch milliseconds). */
  since: z.number().nonnegative().optional(),
  /** Text in the run id or the workflow name. */
  search: z.string().max(200).optional(),
  feedback: FeedbackFilter.optional(),
  limit: z.int().positive().max(1_000).default(100),
  split: z.string().min(1).max(100).optional(),
  tags: z.array(z.string().min(1).max(100)).max(100).optional(),
  note: z.string().max(500).default(''),
})).meta({ id: 'RowsFromRunsRequest' });
export type RowsFromRunsRequest = z.infer<typeof RowsFromRunsRequest>;

/** The rows that were created, and the runs that were skipped. */
export const RowsFromRunsReply = DatasetWriteReply.extend({
  /** Runs that gave no row: not finished, without stored values, of another project, or not readable by the caller. */
  skipped: z.int().nonnegative(),
  /** Rows whose expected answer is a person's correction. */
  corrected: z.int().nonnegative(),
  /** Rows without an expected answer, because people rated the answer as bad and nobody corrected it. */
  withoutAnswer: z.int().nonnegative(),
  /** Number of rows for each label. */
  labels: z.array(lazyObject(() => ({ level: LabelLevel, rows: z.int().positive() }))),
}).meta({ id: 'RowsFromRunsReply' });
export type RowsFromRunsReply = z.infer<typeof RowsFromRunsReply>;

import { z } from 'zod';
import { RunTrigger } from '../../ports/journal.js';
import { LabelLevel } from '../../labels/label.js';
import { FeedbackFilter } from '../feedback/feedback.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A document that was judged for a question: an answer should rest on it, or it should not. */
export const ReferencePassage = lazyStrictObject(() => ({
  document: z.string().min(1).max(1_000),
  text: z.string().max(200_000).optional(),
  /** How relevant it is: a grade above 0 is relevant. 0 and below is judged not relevant, such as a hard negative. */
  grade: z.number().min(-10).max(100).default(1),
})).meta({ id: 'ReferencePassage' });
export type ReferencePassage = z.infer<typeof ReferencePassage>;

/** A document that waits for a person to say whether it is relevant. Nothing is measured with it before. */
export const ProposedReference = lazyStrictObject(() => ({
  document: z.string().min(1).max(1_000),
  text: z.string().max(200_000).optional(),
  /** What the reviewer is asked to confirm: 0 that it is not relevant, 1 that it is. */
  grade: z.union([z.literal(0), z.literal(1)]),
  /** The id of the passage in the collection. */
  passage: z.string().max(2_000).optional(),
  /** Why it is proposed as relevant: a model says that it answers the question, or it holds the expected answer. */
  because: z.enum(['model', 'answer']).optional(),
})).meta({ id: 'ProposedReference' });
export type ProposedReference = z.infer<typeof ProposedReference>;

/** A row of a dataset: what a workflow gets, and what it should answer. */
export const DatasetRow = lazyStrictObject(() => ({
  /** Names the row in all versions. By default it follows from the content. */
  id: z.string().min(1).max(200).optional(),
  /** The inputs of a run, by name. */
  inputs: z.record(z.string(), z.unknown()),
  /** The right answer; a list holds several right answers. */
  expected: z.unknown().optional(),
  references: z.array(ReferencePassage).max(10_000).optional(),
  /** Documents that wait for a review, beside those that are judged. */
  proposed: z.array(ProposedReference).max(100).optional(),
  tags: z.array(z.string().min(1).max(100)).max(100).optional(),
  /** Such as train, validation or test. */
  split: z.string().min(1).max(100).optional(),
  /** The level of the row: who may judge or read it. */
  label: LabelLevel.default('internal'),
  /** A model wrote the row, and no person has accepted it yet. Experiments leave it out. */
  unreviewed: z.literal(true).optional(),
  /** The run that the row was made from. */
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
  /** 0 before the first rows. */
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
  /** Who made it: `local`, `user:ID`, `key:ID`. */
  who: z.string(),
  note: z.string(),
  createdAt: z.number(),
  /** Rows that this version had and that were erased later. */
  erased: z.int().nonnegative(),
})).meta({ id: 'DatasetVersion' });
export type DatasetVersion = z.infer<typeof DatasetVersion>;

/** What a write did. Without a change there is no new version. */
export const DatasetWriteReply = lazyObject(() => ({
  version: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  added: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
})).meta({ id: 'DatasetWriteReply' });
export type DatasetWriteReply = z.infer<typeof DatasetWriteReply>;

/** Rows of one version with the same inputs. */
export const DatasetTwins = lazyObject(() => ({
  /** At most ten ids. */
  rows: z.array(z.string()),
  count: z.int().positive(),
  /** Their splits; more than one is a leak: a test that was trained on. */
  splits: z.array(z.string()),
})).meta({ id: 'DatasetTwins' });
export type DatasetTwins = z.infer<typeof DatasetTwins>;

/** What is doubtful about a version: rows that come twice, and inputs that are in several splits. */
export const DatasetProblems = lazyObject(() => ({
  duplicates: z.int().nonnegative(),
  leaks: z.int().nonnegative(),
  /** The first groups, leaks first. */
  groups: z.array(DatasetTwins),
})).meta({ id: 'DatasetProblems' });
export type DatasetProblems = z.infer<typeof DatasetProblems>;

/** The formats of files with rows. */
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

/** A page of rows. */
export const DatasetRowsReply = lazyObject(() => ({
  rows: z.array(StoredDatasetRow),
  next: z.int().positive().optional(),
})).meta({ id: 'DatasetRowsReply' });
export type DatasetRowsReply = z.infer<typeof DatasetRowsReply>;

/**
 * Rows from finished runs: their inputs, and their outputs as the expected answers. A corrected answer replaces the output; an answer that people found
 * bad is no expected answer. All given filters must match.
 */
export const RowsFromRunsRequest = lazyStrictObject(() => ({
  /** Only these runs, by their ids. */
  runs: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
  /** Id or slug. */
  workflow: z.string().min(1).max(200).optional(),
  trigger: RunTrigger.optional(),
  /** Runs accepted from this time on (milliseconds since the epoch). */
  since: z.number().nonnegative().optional(),
  /** Text in the id of a run or the name of its workflow. */
  search: z.string().max(200).optional(),
  /** Only runs with such feedback. */
  feedback: FeedbackFilter.optional(),
  limit: z.int().positive().max(1_000).default(100),
  split: z.string().min(1).max(100).optional(),
  tags: z.array(z.string().min(1).max(100)).max(100).optional(),
  note: z.string().max(500).default(''),
})).meta({ id: 'RowsFromRunsRequest' });
export type RowsFromRunsRequest = z.infer<typeof RowsFromRunsRequest>;

/** What became of the runs. */
export const RowsFromRunsReply = DatasetWriteReply.extend({
  /** Runs that gave no row: not finished, without stored values, of another project, or not readable for the caller. */
  skipped: z.int().nonnegative(),
  /** Rows whose expected answer is a correction of a person. */
  corrected: z.int().nonnegative(),
  /** Rows without an expected answer, because people rated the answer as bad and nobody corrected it. */
  withoutAnswer: z.int().nonnegative(),
  /** How many of the rows have which label. */
  labels: z.array(lazyObject(() => ({ level: LabelLevel, rows: z.int().positive() }))),
}).meta({ id: 'RowsFromRunsReply' });
export type RowsFromRunsReply = z.infer<typeof RowsFromRunsReply>;

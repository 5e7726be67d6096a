import { z } from 'zod';
import { AtProvider } from '../../api/channels.js';
import { LabelLevel } from '../../labels/label.js';
import { ProviderBatch } from '../../ports/journal.js';
import { ChangedRow, ComparisonTable } from '../comparison/comparison.js';
import { Calibration } from '../evaluators/calibration.js';
import { Evaluation, EvaluatorSetup, MetricInfo } from '../evaluators/evaluator.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The most variants of an experiment. */
export const mostVariants = 50;
/** The most runs of an experiment. */
export const mostCells = 200_000;

/** A setting of a node by its path, such as `answer.model` or `answer.parameters.temperature`. */
const SettingPath = z
  .string()
  .max(300)
  .regex(/^[a-z][a-z0-9_-]{0,63}(\.[A-Za-z0-9_-]{1,100}){1,10}$/, {
    error: 'A node and a setting, such as answer.model',
  });

/** A workflow with changed settings. A grid stands for one variant for each combination of its values. */
export const ExperimentVariantRequest = lazyStrictObject(() => ({
  /** By default the workflow, its version and the changed settings. */
  name: z.string().trim().min(1).max(200).optional(),
  /** Id or slug. */
  workflow: z.string().min(1).max(200),
  /** A published version, the live one, or the draft as it is now. */
  version: z.union([z.int().positive(), z.enum(['live', 'draft'])]).default('live'),
  set: z.record(SettingPath, z.unknown()).default({}),
  grid: z.record(SettingPath, z.array(z.unknown()).min(1).max(mostVariants)).default({}),
})).meta({ id: 'ExperimentVariantRequest' });
export type ExperimentVariantRequest = z.infer<typeof ExperimentVariantRequest>;

/** What an experiment compares, on which rows. */
export const ExperimentRequest = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  /** Id of a dataset. */
  dataset: z.string().min(1).max(200),
  /** By default the newest one. Later versions change nothing. */
  datasetVersion: z.int().positive().optional(),
  split: z.string().min(1).max(100).optional(),
  tag: z.string().min(1).max(100).optional(),
  /** Also rows that a model wrote and no person has accepted. */
  withUnreviewed: z.boolean().default(false),
  /** Only the first rows. */
  limit: z.int().positive().max(mostCells).optional(),
  /** The first one is the baseline. */
  variants: z.array(ExperimentVariantRequest).min(1).max(mostVariants),
  evaluators: z.array(EvaluatorSetup).max(30).default([]),
  /** Runs of each row with each variant. */
  repeats: z.int().min(1).max(20).default(1),
  concurrency: z.int().min(1).max(64).default(4),
  /** Nodes that give equal outputs for equal inputs are computed once: such as a model with temperature 0 or a seed. */
  reuse: z.boolean().default(true),
  /**
   * Model calls that sample are made once for equal inputs too, also in other experiments of the project. Repeats then have equal answers, and say
   * nothing about how much answers vary.
   */
  cacheModelCalls: z.boolean().default(false),
  /** Whether model calls of its runs go to batches of their providers. Judges are asked at once. Missing: `off`. */
  providerBatch: ProviderBatch.optional(),
  /** What runs and judges may cost in all, in USD. */
  budget: z.number().positive().optional(),
})).meta({ id: 'ExperimentRequest' });
export type ExperimentRequest = z.infer<typeof ExperimentRequest>;

/** A variant of an experiment: what exactly runs. */
export const ExperimentVariant = lazyObject(() => ({
  /** Its number, from `v1`. The first one is the baseline. */
  id: z.string(),
  name: z.string(),
  workflowId: z.string(),
  workflow: z.string(),
  /** The published version; missing for a draft. */
  version: z.int().positive().optional(),
  /** The settings that differ from the workflow. */
  settings: z.record(z.string(), z.unknown()),
  /** SHA-256 of the pinned workflow, with everything that it refers to. */
  hash: z.string(),
})).meta({ id: 'ExperimentVariant' });
export type ExperimentVariant = z.infer<typeof ExperimentVariant>;

/** What creating an experiment would run. Nothing starts. */
export const ExperimentPreview = lazyObject(() => ({
  rows: z.int().nonnegative(),
  runs: z.int().nonnegative(),
  datasetVersion: z.int().nonnegative(),
  variants: z.array(ExperimentVariant),
  metrics: z.array(MetricInfo),
  /** From the latest runs of the workflows, without judges. Missing where nothing has run yet. */
  estimate: z.object({ cost: z.number(), ms: z.number(), fromRuns: z.int().positive() }).optional(),
})).meta({ id: 'ExperimentPreview' });
export type ExperimentPreview = z.infer<typeof ExperimentPreview>;

/** A run of a row with a variant: `running` until its evaluators have ended. */
export const CellState = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']).meta({ id: 'CellState' });
export type CellState = z.infer<typeof CellState>;

/** How many cells are in which state. */
export const CellCounts = lazyObject(() => ({
  waiting: z.int().nonnegative(),
  running: z.int().nonnegative(),
  done: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
})).meta({ id: 'CellCounts' });
export type CellCounts = z.infer<typeof CellCounts>;

/** An experiment in a list. */
export const ExperimentInfo = lazyObject(() => ({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  createdAt: z.number(),
  status: z.enum(['running', 'paused', 'done', 'cancelled']),
  /** Why it paused by itself. */
  reason: z.string().optional(),
  code: z.string().optional(),
  dataset: z.object({ id: z.string(), name: z.string(), version: z.int().positive() }),
  rows: z.int().nonnegative(),
  repeats: z.int().positive(),
  concurrency: z.int().positive(),
  variants: z.array(ExperimentVariant),
  cells: CellCounts,
  budget: z.number().optional(),
  /** What runs and judges have cost, in USD. */
  cost: z.object({ runs: z.number(), judges: z.number() }),
  /** Whether runs take over results from each other, and what that has saved in USD and milliseconds. */
  reuse: z.boolean(),
  cacheModelCalls: z.boolean(),
  saved: z.object({ cost: z.number(), ms: z.number() }),
  providerBatch: ProviderBatch.optional(),
  /** Calls that wait for batches of their providers; missing where none were asked for. */
  atProvider: AtProvider.optional(),
  jobId: z.string().optional(),
})).meta({ id: 'ExperimentInfo' });
export type ExperimentInfo = z.infer<typeof ExperimentInfo>;

/** The experiments that the caller may read, newest first. */
export const ExperimentsReply = z.object({ experiments: z.array(ExperimentInfo) }).meta({ id: 'ExperimentsReply' });
export type ExperimentsReply = z.infer<typeof ExperimentsReply>;

/** An experiment with what judges it. */
export const ExperimentReply = ExperimentInfo.extend({
  evaluators: z.array(EvaluatorSetup),
  metrics: z.array(MetricInfo),
}).meta({ id: 'ExperimentReply' });
export type ExperimentReply = z.infer<typeof ExperimentReply>;

/** The result. Before the end it has means only: tests of half the rows, again and again, find differences that are none. */
export const ExperimentResult = lazyObject(() => ({
  isFinal: z.boolean(),
  cells: CellCounts,
  table: ComparisonTable,
  /** How far each LLM judge agrees with people, by the name of its metric. */
  calibrations: z.record(z.string(), Calibration),
})).meta({ id: 'ExperimentResult' });
export type ExperimentResult = z.infer<typeof ExperimentResult>;

/** One run of a row with one variant. */
export const ExperimentCell = lazyObject(() => ({
  variant: z.string(),
  repeat: z.int().positive(),
  state: CellState,
  attempt: z.int().positive(),
  runId: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** By metric. Money, time and tokens are what the run would have needed without what it took over. */
  values: z.record(z.string(), z.number()),
  /** Results that the run took over from other runs, and what that saved. */
  reused: z.object({ nodes: z.int().positive(), ms: z.number(), cost: z.number(), tokens: z.number() }).optional(),
})).meta({ id: 'ExperimentCell' });
export type ExperimentCell = z.infer<typeof ExperimentCell>;

/** A row of an experiment. */
export const ExperimentRow = lazyObject(() => ({
  number: z.int().positive(),
  id: z.string(),
  tags: z.array(z.string()),
  label: LabelLevel,
  cells: z.array(ExperimentCell),
  /** Metrics by which a variant passes and the baseline fails, or the other way round. */
  changed: z.array(ChangedRow.omit({ row: true }).extend({ of: z.string() })),
})).meta({ id: 'ExperimentRow' });
export type ExperimentRow = z.infer<typeof ExperimentRow>;

/** A page of rows. */
export const ExperimentRowsReply = lazyObject(() => ({
  rows: z.array(ExperimentRow),
  next: z.int().positive().optional(),
})).meta({ id: 'ExperimentRowsReply' });
export type ExperimentRowsReply = z.infer<typeof ExperimentRowsReply>;

/** A row with its values: what went in, what was expected, what each variant answered, and why it was judged so. */
export const ExperimentRowReply = ExperimentRow.extend({
  inputs: z.record(z.string(), z.unknown()),
  expected: z.unknown().optional(),
  answers: z.array(
    lazyObject(() => ({
      variant: z.string(),
      repeat: z.int().positive(),
      outputs: z.record(z.string(), z.unknown()),
      evaluations: z.array(Evaluation),
    })),
  ),
}).meta({ id: 'ExperimentRowReply' });
export type ExperimentRowReply = z.infer<typeof ExperimentRowReply>;

/** How an experiment goes on: with another budget, if given. */
export const ResumeExperimentRequest = z
  .strictObject({ budget: z.number().positive().optional() })
  .default({})
  .meta({ id: 'ResumeExperimentRequest' });
export type ResumeExperimentRequest = z.infer<typeof ResumeExperimentRequest>;

/** Rows that run again: the failed and cancelled ones, or chosen ones. */
export const AgainExperimentRequest = lazyStrictObject(() => ({
  rows: z.array(z.int().positive()).min(1).max(10_000).optional(),
  budget: z.number().positive().optional(),
}))
  .default({})
  .meta({ id: 'AgainExperimentRequest' });
export type AgainExperimentRequest = z.infer<typeof AgainExperimentRequest>;

import { z } from 'zod';
import { AtProvider } from '../../api/channels.js';
import { LabelLevel } from '../../labels/label.js';
import { ProviderBatch } from '../../ports/journal.js';
import { ChangedRow, ComparisonTable } from '../comparison/comparison.js';
import { Calibration } from '../evaluators/calibration.js';
import { Evaluation, EvaluatorSetup, MetricInfo } from '../evaluators/evaluator.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Maximum number of variants in an experiment. */
export const mostVariants = 50;
/** Maximum number of runs in an experiment. */
export const mostCells = 200_000;

/** The path of a node's setting, such as `answer.model` or `answer.parameters.temperature`. */
const SettingPath = z
  .string()
  .max(300)
  .regex(/^[a-z][a-z0-9_-]{0,63}(\.[A-Za-z0-9_-]{1,100}){1,10}$/, {
    error: 'A node and a setting, such as answer.model',
  });

/** A workflow with changed settings. With a grid, there is one variant for each combination of its values. */
export const ExperimentVariantRequest = lazyStrictObject(() => ({
  /** Default: the workflow, its version and the changed settings. */
  name: z.string().trim().min(1).max(200).optional(),
  /** Id or slug. */
  workflow: z.string().min(1).max(200),
  /** A published version, the live version, or the current draft. */
  version: z.union([z.int().positive(), z.enum(['live', 'draft'])]).default('live'),
  set: z.record(SettingPath, z.unknown()).default({}),
  grid: z.record(SettingPath, z.array(z.unknown()).min(1).max(mostVariants)).default({}),
})).meta({ id: 'ExperimentVariantRequest' });
export type ExperimentVariantRequest = z.infer<typeof ExperimentVariantRequest>;

/** The variants that an experiment compares, and the rows that it runs. */
export const ExperimentRequest = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  dataset: z.string().min(1).max(200),
  /** Default: the newest version. Later versions do not affect the experiment. */
  datasetVersion: z.int().positive().optional(),
  split: z.string().min(1).max(100).optional(),
  tag: z.string().min(1).max(100).optional(),
  /** Includes rows that a model wrote and no person has accepted. */
  withUnreviewed: z.boolean().default(false),
  /** Only the first rows. */
  limit: z.int().positive().max(mostCells).optional(),
  /** The first one is the baseline. */
  variants: z.array(ExperimentVariantRequest).min(1).max(mostVariants),
  evaluators: z.array(EvaluatorSetup).max(30).default([]),
  /** How often each variant runs each row. */
  repeats: z.int().min(1).max(20).default(1),
  concurrency: z.int().min(1).max(64).default(4),
  /** Computes nodes only once if they always give equal outputs for equal inputs, such as a model with temperature 0 or a seed. */
  reuse: z.boolean().default(true),
  /**
   * Also makes sampled model calls only once for equal inputs, even across experiments of the project. Repeats then have equal answers and
   * do not show how much answers vary.
   */
  cacheModelCalls: z.boolean().default(false),
  /** Whether model calls of the runs are sent in provider batches. Judges are called directly. Default: `off`. */
  providerBatch: ProviderBatch.optional(),
  /** Maximum cost of runs and judges together, in USD. */
  budget: z.number().positive().optional(),
})).meta({ id: 'ExperimentRequest' });
export type ExperimentRequest = z.infer<typeof ExperimentRequest>;

/** A variant of an experiment, pinned to exactly what runs. */
export const ExperimentVariant = lazyObject(() => ({
  /** `v1`, `v2` and so on. The first is the baseline. */
  id: z.string(),
  name: z.string(),
  workflowId: z.string(),
  workflow: z.string(),
  /** The published version; missing for a draft. */
  version: z.int().positive().optional(),
  /** The settings that differ from the workflow. */
  settings: z.record(z.string(), z.unknown()),
  /** SHA-256 of the pinned workflow and everything that it refers to. */
  hash: z.string(),
})).meta({ id: 'ExperimentVariant' });
export type ExperimentVariant = z.infer<typeof ExperimentVariant>;

/** What a new experiment would run. Nothing is started. */
export const ExperimentPreview = lazyObject(() => ({
  rows: z.int().nonnegative(),
  runs: z.int().nonnegative(),
  datasetVersion: z.int().nonnegative(),
  variants: z.array(ExperimentVariant),
  metrics: z.array(MetricInfo),
  /** Estimated from the latest runs of the workflows, without judges. Missing if there are none. */
  estimate: z.object({ cost: z.number(), ms: z.number(), fromRuns: z.int().positive() }).optional(),
})).meta({ id: 'ExperimentPreview' });
export type ExperimentPreview = z.infer<typeof ExperimentPreview>;

/** The state of a cell. A cell stays `running` until its evaluators have finished. */
export const CellState = z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']).meta({ id: 'CellState' });
export type CellState = z.infer<typeof CellState>;

/** Number of cells in each state. */
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
  /** Why the experiment paused by itself. */
  reason: z.string().optional(),
  code: z.string().optional(),
  dataset: z.object({ id: z.string(), name: z.string(), version: z.int().positive() }),
  rows: z.int().nonnegative(),
  repeats: z.int().positive(),
  concurrency: z.int().positive(),
  variants: z.array(ExperimentVariant),
  cells: CellCounts,
  budget: z.number().optional(),
  /** Cost of runs and judges so far, in USD. */
  cost: z.object({ runs: z.number(), judges: z.number() }),
  /** Whether runs reuse results of each other. `saved` is what that saved, in USD and milliseconds. */
  reuse: z.boolean(),
  cacheModelCalls: z.boolean(),
  saved: z.object({ cost: z.number(), ms: z.number() }),
  providerBatch: ProviderBatch.optional(),
  /** Calls that wait in provider batches; missing if the experiment uses none. */
  atProvider: AtProvider.optional(),
  jobId: z.string().optional(),
})).meta({ id: 'ExperimentInfo' });
export type ExperimentInfo = z.infer<typeof ExperimentInfo>;

/** The experiments that the caller may read, newest first. */
export const ExperimentsReply = z.object({ experiments: z.array(ExperimentInfo) }).meta({ id: 'ExperimentsReply' });
export type ExperimentsReply = z.infer<typeof ExperimentsReply>;

/** An experiment with its evaluators. */
export const ExperimentReply = ExperimentInfo.extend({
  evaluators: z.array(EvaluatorSetup),
  metrics: z.array(MetricInfo),
}).meta({ id: 'ExperimentReply' });
export type ExperimentReply = z.infer<typeof ExperimentReply>;

/**
 * The result of an experiment. Until the end, it contains only means: repeated tests on partial data would report differences that do not
 * exist.
 */
export const ExperimentResult = lazyObject(() => ({
  isFinal: z.boolean(),
  cells: CellCounts,
  table: ComparisonTable,
  /** The agreement of each LLM judge with people, by the name of its metric. */
  calibrations: z.record(z.string(), Calibration),
})).meta({ id: 'ExperimentResult' });
export type ExperimentResult = z.infer<typeof ExperimentResult>;

/** One run of a row with a variant. */
export const ExperimentCell = lazyObject(() => ({
  variant: z.string(),
  repeat: z.int().positive(),
  state: CellState,
  attempt: z.int().positive(),
  runId: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Values by metric. Money, time and tokens are what the run would have used without reused results. */
  values: z.record(z.string(), z.number()),
  /** Results that the run reused from other runs, and what that saved. */
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
  /** Metrics in which a variant passes and the baseline fails, or the reverse. */
  changed: z.array(ChangedRow.omit({ row: true }).extend({ of: z.string() })),
})).meta({ id: 'ExperimentRow' });
export type ExperimentRow = z.infer<typeof ExperimentRow>;

/** A page of rows. */
export const ExperimentRowsReply = lazyObject(() => ({
  rows: z.array(ExperimentRow),
  next: z.int().positive().optional(),
})).meta({ id: 'ExperimentRowsReply' });
export type ExperimentRowsReply = z.infer<typeof ExperimentRowsReply>;

/** A row with its values: the inputs, the expected answer, the answer of each variant, and the explanations of the evaluators. */
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

/** Resumes an experiment, optionally with another budget. */
export const ResumeExperimentRequest = z
  .strictObject({ budget: z.number().positive().optional() })
  .default({})
  .meta({ id: 'ResumeExperimentRequest' });
export type ResumeExperimentRequest = z.infer<typeof ResumeExperimentRequest>;

/** Selects rows to run again: the failed and cancelled ones, or the given rows. */
export const AgainExperimentRequest = lazyStrictObject(() => ({
  rows: z.array(z.int().positive()).min(1).max(10_000).optional(),
  budget: z.number().positive().optional(),
}))
  .default({})
  .meta({ id: 'AgainExperimentRequest' });
export type AgainExperimentRequest = z.infer<typeof AgainExperimentRequest>;

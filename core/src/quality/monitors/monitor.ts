import { z } from 'zod';
import { withReadOnly } from '../../api/read-only.js';
import { LabelLevel } from '../../labels/label.js';
import { usualEmbedder } from '../../ports/models/embedding.js';
import { DriftFinding } from '../drift/drift.js';
import { Calibration } from '../evaluators/calibration.js';
import { EvaluatorSetup, MetricInfo } from '../evaluators/evaluator.js';
import { RunScore } from '../scores/run-score.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Selects the runs of a workflow that a monitor samples. Tests, replays, experiments and evaluations are always excluded. */
export const MonitorFilter = lazyStrictObject(() => ({
  /** 0 for drafts. */
  version: z.int().nonnegative().optional(),
  status: z
    .array(z.enum(['done', 'failed', 'cancelled']))
    .min(1)
    .default(['done']),
  /** For example `share` or `webhook`. For a call without a channel, this is its trigger, such as `api`. */
  channel: z.string().trim().min(1).max(100).optional(),
})).meta({ id: 'MonitorFilter' });
export type MonitorFilter = z.infer<typeof MonitorFilter>;

/**
 * A route training that starts when runs drift from the reference. It repeats an earlier training by judges, with the drifted runs as rows.
 */
export const RelearnRule = lazyStrictObject(() => ({
  /** An experiment of the project with a route training by judges. Its variants and the newest such training are reused. */
  experiment: z.string().min(1).max(200),
  /** In USD: half for the runs, half for the judges. */
  budget: z.number().positive().max(1_000_000),
})).meta({ id: 'RelearnRule' });
export type RelearnRule = z.infer<typeof RelearnRule>;

const fields = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  /** Id or slug. */
  workflow: z.string().min(1).max(200),
  /** The share of runs that is judged. The hash of the run id decides, so a larger share contains all runs of a smaller one. */
  share: z.number().gt(0).max(1).default(0.1),
  filter: MonitorFilter.default({ status: ['done'] }),
  /** Only evaluators that need no expected answer. */
  evaluators: z.array(EvaluatorSetup).max(30).default([]),
  /** Days are in UTC. Runs beyond the budget of a day are counted as skipped. */
  runsPerDay: z.int().min(1).max(100_000).default(1_000),
  /** In USD; with 0, only judges without cost are used. */
  costPerDay: z.number().nonnegative().max(1_000_000).default(1),
  watchesDrift: z.boolean().default(true),
  /** The embedding model for drift of inputs. If it is not available, the meaning of inputs is not compared. */
  embedder: z.string().trim().min(1).max(256).default(usualEmbedder),
  /** Starts a route training when new drift is found, at most once in seven days. The result is only a proposal; nothing is published. */
  relearn: RelearnRule.optional(),
}));

/** A monitor: judges a share of a workflow's finished runs within a budget, and watches for drift. */
export const MonitorRequest = fields
  .refine(({ evaluators, watchesDrift }) => evaluators.length > 0 || watchesDrift, {
    path: ['evaluators'],
    error: 'Choose an evaluator, or watch drift',
  })
  .refine(({ relearn, watchesDrift }) => relearn === undefined || watchesDrift, {
    path: ['relearn'],
    error: 'A new route training needs drift: turn drift on',
  })
  .meta({ id: 'MonitorRequest' });
export type MonitorRequest = z.infer<typeof MonitorRequest>;

/** Why a sampled run is not judged. */
export const SkipReason = z.enum(['budget', 'label', 'removed']).meta({ id: 'SkipReason' });
export type SkipReason = z.infer<typeof SkipReason>;

const Count = z.int().nonnegative();

/** How many sampled runs a monitor judged, skipped or failed to judge. */
export const MonitorCounts = lazyObject(() => ({
  waiting: Count,
  judged: Count,
  /** Runs that an evaluator could not judge. */
  failed: Count,
  /** `budget`: the budget of the day was used up. `label`: a judge must not see the label. `removed`: the values were removed before. */
  skipped: z.object({ budget: Count, label: Count, removed: Count }),
})).meta({ id: 'MonitorCounts' });
export type MonitorCounts = z.infer<typeof MonitorCounts>;

/** A monitor with its current state. */
export const MonitorReply = z
  .object(fields.shape)
  .extend({
    id: z.string(),
    project: z.string(),
    /** The person or key whose rights the judges have. */
    owner: z.string(),
    createdAt: z.number(),
    state: z.enum(['running', 'paused']),
    /** Why the monitor paused by itself. */
    reason: z.string().optional(),
    metrics: z.array(MetricInfo),
    /** The agreement of each LLM judge with people, by the name of its metric. */
    calibrations: z.record(z.string(), Calibration),
    counts: MonitorCounts,
    /** The part of today's budget that is used. */
    today: lazyObject(() => ({ runs: Count, cost: z.number().nonnegative() })),
    lastError: lazyObject(() => ({ at: z.number(), code: z.string() })).optional(),
    /** Number of kinds that drift now. */
    drifts: Count,
  })
  .meta({ id: 'MonitorReply' });
export type MonitorReply = z.infer<typeof MonitorReply>;

/** Body of `PUT /api/monitors/:id`: a monitor; the read-only fields of a reply are accepted too. */
export const ChangeMonitorRequest = withReadOnly(MonitorRequest, MonitorReply).meta({ id: 'ChangeMonitorRequest' });

/** Reply of `GET /api/monitors`. */
export const MonitorsReply = z.object({ monitors: z.array(MonitorReply) }).meta({ id: 'MonitorsReply' });
export type MonitorsReply = z.infer<typeof MonitorsReply>;

/** The scores of one time step. */
export const ScorePoint = lazyObject(() => ({
  time: z.number(),
  /** Number of runs with a value. */
  scores: Count,
  mean: z.number().nullable(),
  /** The share that passed; null for metrics that cannot pass. */
  passed: z.number().nullable(),
  /** Number of runs that could not be judged. */
  failed: Count,
})).meta({ id: 'ScorePoint' });
export type ScorePoint = z.infer<typeof ScorePoint>;

/** One metric of a workflow version over time. Steps without scores are left out. */
export const ScoreSeries = lazyObject(() => ({
  metric: z.string(),
  workflow: z.string(),
  /** The name of the workflow. */
  title: z.string().optional(),
  /** 0 for drafts. */
  version: Count,
  total: ScorePoint.omit({ time: true }),
  points: z.array(ScorePoint),
})).meta({ id: 'ScoreSeries' });
export type ScoreSeries = z.infer<typeof ScoreSeries>;

/** Reply of `GET /api/monitors/:id/series`. */
export const MonitorSeriesReply = lazyObject(() => ({
  from: z.number(),
  to: z.number(),
  step: z.number().positive(),
  series: z.array(ScoreSeries),
})).meta({ id: 'MonitorSeriesReply' });
export type MonitorSeriesReply = z.infer<typeof MonitorSeriesReply>;

/** The last route training that was started because of drift. */
export const Relearned = lazyObject(() => ({
  at: z.number(),
  /** Missing if the training could not be started, or the process ended while starting it. */
  dataset: z.string().optional(),
  experiment: z.string().optional(),
  training: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})).meta({ id: 'Relearned' });
export type Relearned = z.infer<typeof Relearned>;

/** How the current runs of a monitor compare with its reference runs. */
export const DriftState = lazyObject(() => ({
  /** Number of reference runs: the first runs of the sample. */
  referenceRuns: Count,
  isReferenceFull: z.boolean(),
  /** Number of runs since the last comparison. */
  newRuns: Count,
  checkedAt: z.number().optional(),
  findings: z.array(DriftFinding),
  /** Why the meaning of inputs is not compared. */
  vectorError: z.string().optional(),
  relearned: Relearned.optional(),
})).meta({ id: 'DriftState' });
export type DriftState = z.infer<typeof DriftState>;

/** A score of a run and the name of its monitor. */
export const ShownScore = RunScore.extend({
  monitor: z.string().optional(),
  label: LabelLevel,
}).meta({ id: 'ShownScore' });
export type ShownScore = z.infer<typeof ShownScore>;

/** Reply of `GET /api/runs/:runId/scores`, newest first. */
export const RunScoresReply = z.object({ scores: z.array(ShownScore) }).meta({ id: 'RunScoresReply' });
export type RunScoresReply = z.infer<typeof RunScoresReply>;

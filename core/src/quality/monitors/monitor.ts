import { z } from 'zod';
import { withReadOnly } from '../../api/read-only.js';
import { LabelLevel } from '../../labels/label.js';
import { usualEmbedder } from '../../ports/models/embedding.js';
import { DriftFinding } from '../drift/drift.js';
import { Calibration } from '../evaluators/calibration.js';
import { EvaluatorSetup, MetricInfo } from '../evaluators/evaluator.js';
import { RunScore } from '../scores/run-score.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Which runs of a workflow a monitor looks at. Tests, replays, experiments and evaluations are never among them. */
export const MonitorFilter = lazyStrictObject(() => ({
  /** 0 for drafts. */
  version: z.int().nonnegative().optional(),
  status: z
    .array(z.enum(['done', 'failed', 'cancelled']))
    .min(1)
    .default(['done']),
  /** Such as `share` or `webhook`; a call without a channel has what started it, such as `api`. */
  channel: z.string().trim().min(1).max(100).optional(),
})).meta({ id: 'MonitorFilter' });
export type MonitorFilter = z.infer<typeof MonitorFilter>;

/** What is learned anew when runs differ from the reference: a route, as judges taught it on an experiment. The runs that differ are the rows. */
export const RelearnRule = lazyStrictObject(() => ({
  /** An experiment of the project with a route training by judges. Its variants and the newest such training are taken over. */
  experiment: z.string().min(1).max(200),
  /** In USD: one half for the runs, the other one for the judges. */
  budget: z.number().positive().max(1_000_000),
})).meta({ id: 'RelearnRule' });
export type RelearnRule = z.infer<typeof RelearnRule>;

const fields = lazyStrictObject(() => ({
  name: z.string().trim().min(1).max(200),
  /** Id or slug. */
  workflow: z.string().min(1).max(200),
  /** The share of runs that is judged. The hash of a run's id decides, so that a larger share holds all runs of a smaller one. */
  share: z.number().gt(0).max(1).default(0.1),
  filter: MonitorFilter.default({ status: ['done'] }),
  /** Those that need no expected answer. */
  evaluators: z.array(EvaluatorSetup).max(30).default([]),
  /** Days are in UTC. What comes after the budget of a day is counted as skipped. */
  runsPerDay: z.int().min(1).max(100_000).default(1_000),
  /** In USD; 0 asks only judges that cost nothing. */
  costPerDay: z.number().nonnegative().max(1_000_000).default(1),
  /** Whether runs are compared with earlier ones. */
  watchesDrift: z.boolean().default(true),
  /** The embedding model for drift of inputs. Where it is not there, their meaning is not compared. */
  embedder: z.string().trim().min(1).max(256).default(usualEmbedder),
  /** Begins a route training where new drift is found, at most once in seven days. The result is a proposal: nothing is published. */
  relearn: RelearnRule.optional(),
}));

/** What a monitor does: judges a share of the finished runs of a workflow, within a budget, and watches for drift. */
export const MonitorRequest = fields
  .refine(({ evaluators, watchesDrift }) => evaluators.length > 0 || watchesDrift, {
    path: ['evaluators'],
    error: 'Choose an evaluator, or watch drift',
  })
  .refine(({ relearn, watchesDrift }) => relearn === undefined || watchesDrift, {
    path: ['relearn'],
    error: 'Learning a route again needs drift: turn drift on',
  })
  .meta({ id: 'MonitorRequest' });
export type MonitorRequest = z.infer<typeof MonitorRequest>;

/** Why a run of the sample is not judged. */
export const SkipReason = z.enum(['budget', 'label', 'removed']).meta({ id: 'SkipReason' });
export type SkipReason = z.infer<typeof SkipReason>;

const Count = z.int().nonnegative();

/** What a monitor has done with the runs of its sample. */
export const MonitorCounts = lazyObject(() => ({
  waiting: Count,
  judged: Count,
  /** An evaluator could not judge. */
  failed: Count,
  /** The budget of the day was used up, a judge may not see the label, or the values were removed before. */
  skipped: z.object({ budget: Count, label: Count, removed: Count }),
})).meta({ id: 'MonitorCounts' });
export type MonitorCounts = z.infer<typeof MonitorCounts>;

/** A monitor with its state. */
export const MonitorReply = z
  .object(fields.shape)
  .extend({
    id: z.string(),
    project: z.string(),
    /** Judges have the rights of this person or key. */
    owner: z.string(),
    createdAt: z.number(),
    state: z.enum(['running', 'paused']),
    /** Why it paused by itself. */
    reason: z.string().optional(),
    metrics: z.array(MetricInfo),
    /** How far each LLM judge agrees with people, by the name of its metric. */
    calibrations: z.record(z.string(), Calibration),
    counts: MonitorCounts,
    /** The used part of the budget of the day. */
    today: lazyObject(() => ({ runs: Count, cost: z.number().nonnegative() })),
    /** The last failure of an evaluator. */
    lastError: lazyObject(() => ({ at: z.number(), code: z.string() })).optional(),
    /** The kinds of drift that there are now. */
    drifts: Count,
  })
  .meta({ id: 'MonitorReply' });
export type MonitorReply = z.infer<typeof MonitorReply>;

/** Body of `PUT /api/monitors/:id`: a monitor, also as it is shown. */
export const ChangeMonitorRequest = withReadOnly(MonitorRequest, MonitorReply).meta({ id: 'ChangeMonitorRequest' });

/** Reply of `GET /api/monitors`. */
export const MonitorsReply = z.object({ monitors: z.array(MonitorReply) }).meta({ id: 'MonitorsReply' });
export type MonitorsReply = z.infer<typeof MonitorsReply>;

/** Scores of a step of time. */
export const ScorePoint = lazyObject(() => ({
  time: z.number(),
  /** Runs with a value. */
  scores: Count,
  mean: z.number().nullable(),
  /** The share that passed; null for metrics without a good side. */
  passed: z.number().nullable(),
  /** Runs that could not be judged. */
  failed: Count,
})).meta({ id: 'ScorePoint' });
export type ScorePoint = z.infer<typeof ScorePoint>;

/** A metric of a version of a workflow, over time. Steps without scores are left out. */
export const ScoreSeries = lazyObject(() => ({
  metric: z.string(),
  workflow: z.string(),
  /** How the workflow is called. */
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

/** The last route training that drift began. */
export const Relearned = lazyObject(() => ({
  at: z.number(),
  /** Missing where it could not be begun, or the process ended while it was begun. */
  dataset: z.string().optional(),
  experiment: z.string().optional(),
  training: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})).meta({ id: 'Relearned' });
export type Relearned = z.infer<typeof Relearned>;

/** How the runs of a monitor compare with its reference runs. */
export const DriftState = lazyObject(() => ({
  /** Runs that later ones are compared with: the first ones of the sample. */
  referenceRuns: Count,
  isReferenceFull: z.boolean(),
  /** Runs since the last comparison. */
  newRuns: Count,
  checkedAt: z.number().optional(),
  findings: z.array(DriftFinding),
  /** Why inputs are not compared by their meaning. */
  vectorError: z.string().optional(),
  relearned: Relearned.optional(),
})).meta({ id: 'DriftState' });
export type DriftState = z.infer<typeof DriftState>;

/** A score of a run, with its monitor. */
export const ShownScore = RunScore.extend({
  /** Missing where the monitor was removed. */
  monitor: z.string().optional(),
  label: LabelLevel,
}).meta({ id: 'ShownScore' });
export type ShownScore = z.infer<typeof ShownScore>;

/** Reply of `GET /api/runs/:runId/scores`; newest first. */
export const RunScoresReply = z.object({ scores: z.array(ShownScore) }).meta({ id: 'RunScoresReply' });
export type RunScoresReply = z.infer<typeof RunScoresReply>;

import { z } from 'zod';
import { withReadOnly } from '../../api/read-only.js';
import { EvaluatorSetup } from '../evaluators/evaluator.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

const mostGateRules = 50;

const Share = z.number().min(0).max(1);
const Amount = z.number().nonnegative();

/**
 * A limit for a metric on a dataset. Rows without a value never pass, because an answer that could not be judged is not a good answer.
 *
 * @example { metric: 'exact', of: 'mean', wanted: 0.8 }
 */
export const GateCondition = lazyStrictObject(() => ({
  /** A metric of an evaluator, or one of the run: `run.cost`, `run.ms`, `run.tokens`, `run.answered`. */
  metric: z.string().min(1).max(100),
  /**
   * `mean` and `p95`: over the rows. `pass-rate`: the share of rows that pass. `every-row`: the worst row. `not-worse`: compared with the
   * live version.
   */
  of: z.enum(['mean', 'p95', 'pass-rate', 'every-row', 'not-worse']),
  /**
   * The minimum if higher is better, the maximum if lower is better. For `pass-rate`, the share of rows; for `not-worse`, how much worse
   * than the live version the metric may be.
   */
  wanted: Amount,
  /** The value from which a row passes; only for `pass-rate`. */
  passes: Amount.default(0.5),
}))
  .refine(({ of, wanted }) => of !== 'pass-rate' || wanted <= 1, { path: ['wanted'], error: 'A share from 0 to 1' })
  .meta({ id: 'GateCondition' });
export type GateCondition = z.infer<typeof GateCondition>;

const about = {
  /** Unique in the project. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, {
    error: 'Lower-case letters, digits and -, at most 60, starting with a letter',
  }),
  title: z.string().trim().min(1).max(100),
  /** Ids of the workflows that the rule applies to. Empty: every workflow of the project. */
  workflows: z.array(z.string().min(1).max(200)).max(100).default([]),
};
/** Maximum cost of runs and judges, in USD. */
const budget = z.number().positive().optional();

/** The draft runs on the rows of a dataset, and every condition must hold: quality, safety, money and time. */
export const DatasetRule = lazyStrictObject(() => ({
  kind: z.literal('dataset'),
  ...about,
  /** Id of a dataset of the project; its newest version is used. */
  dataset: z.string().min(1).max(200),
  split: z.string().min(1).max(100).optional(),
  tag: z.string().min(1).max(100).optional(),
  evaluators: z.array(EvaluatorSetup).max(30).default([]),
  conditions: z.array(GateCondition).min(1).max(30),
  repeats: z.int().min(1).max(20).default(1),
  budget,
})).meta({ id: 'DatasetRule' });
export type DatasetRule = z.infer<typeof DatasetRule>;

/** Replays the latest runs of the live version on the draft, without effects. */
export const ReplayRule = lazyStrictObject(() => ({
  kind: z.literal('replay'),
  ...about,
  runs: z.int().min(1).max(1_000).default(100),
  /** Only runs of this many past days. */
  days: z.int().min(1).max(365).optional(),
  minRuns: z.int().min(1).max(1_000).default(1),
  /** Whether models are called for changed nodes. */
  models: z.boolean().default(true),
  /** Maximum number of runs that had an answer and no longer have one. */
  maxRegressions: z.int().nonnegative().default(0),
  /** Maximum share of runs whose answer changes. */
  maxChanged: Share.optional(),
  /** Maximum share of runs that execute other nodes. */
  maxRerouted: Share.optional(),
  /** Maximum share of runs that send data to a new destination. */
  maxNewDestinations: Share.default(0),
  /** Maximum cost of a run in USD: on average (`maxMeanCost`) and in 95 of 100 runs. */
  maxMeanCost: Amount.optional(),
  maxP95Cost: Amount.optional(),
  /** How much more expensive and slower the runs may be on average: 0.1 is 10 %. */
  maxCostRise: Amount.optional(),
  maxTimeRise: Amount.optional(),
  budget,
})).meta({ id: 'ReplayRule' });
export type ReplayRule = z.infer<typeof ReplayRule>;

/** The workflow must have tests, and they must pass. */
export const TestsRule = lazyStrictObject(() => ({
  kind: z.literal('tests'),
  ...about,
  minTests: z.int().min(1).max(10_000).default(1),
})).meta({ id: 'TestsRule' });
export type TestsRule = z.infer<typeof TestsRule>;

/** A rule that a draft must pass before it becomes a version. */
export const GateRule = z.discriminatedUnion('kind', [DatasetRule, ReplayRule, TestsRule]).meta({ id: 'GateRule' });
export type GateRule = z.infer<typeof GateRule>;

const GateRules = z
  .array(GateRule)
  .max(mostGateRules)
  .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, {
    error: 'Two rules have the same id: give one of them another id',
  });

/** The rules of a project and their current problems. */
export const GateReply = lazyObject(() => ({
  project: z.string(),
  rules: z.array(GateRule),
  /** Number of changes; 0 before the first. */
  revision: z.int().nonnegative(),
  changedAt: z.number().optional(),
  changedBy: z.string().optional(),
  /** Rules that no draft can pass, and how to fix them. */
  problems: z.array(z.object({ rule: z.string(), message: z.string() })),
})).meta({ id: 'GateReply' });
export type GateReply = z.infer<typeof GateReply>;

/** New rules of a project. */
export const SetGateRequest = withReadOnly(
  lazyStrictObject(() => ({
    rules: GateRules,
    /** The revision that the change is based on. Errors: `conflict` if somebody else was faster. */
    revision: z.int().nonnegative().optional(),
  })),
  GateReply,
).meta({ id: 'SetGateRequest' });
export type SetGateRequest = z.infer<typeof SetGateRequest>;

/**
 * The state of a rule for a draft. `stale`: the last result belongs to another draft, dataset or live version. `broken`: the rule cannot be
 * judged, for example because its dataset no longer exists.
 */
export const GateState = z
  .enum(['passed', 'failed', 'running', 'paused', 'not-run', 'stale', 'broken'])
  .meta({ id: 'GateState' });
export type GateState = z.infer<typeof GateState>;

/** A measured figure and the limit of a rule. */
export const GateFigure = lazyObject(() => ({
  /** For example `Exact match, mean`. */
  title: z.string(),
  /** Missing if there is no value to judge. */
  value: z.number().optional(),
  wanted: z.number(),
  side: z.enum(['at-least', 'at-most']),
  unit: z.enum(['score', 'check', 'share', 'count', 'ms', 'tokens', 'USD']),
  isPassed: z.boolean(),
  /** Why it fails although the value is good enough, for example because rows have no value. */
  note: z.string().optional(),
})).meta({ id: 'GateFigure' });
export type GateFigure = z.infer<typeof GateFigure>;

/** A rule and its result for a draft. */
export const GateRuleResult = lazyObject(() => ({
  rule: z.string(),
  title: z.string(),
  kind: z.enum(['dataset', 'replay', 'tests']),
  project: z.string(),
  state: GateState,
  /** Explains the state in one sentence, and says what to do. */
  message: z.string().optional(),
  figures: z.array(GateFigure),
  progress: z.object({ done: z.int().nonnegative(), total: z.int().nonnegative() }).optional(),
  experiment: z.string().optional(),
  replay: z.string().optional(),
})).meta({ id: 'GateRuleResult' });
export type GateRuleResult = z.infer<typeof GateRuleResult>;

/** The gate results of a draft. */
export const GateReport = lazyObject(() => ({
  workflowId: z.string(),
  /** SHA-256 of the draft and everything that it refers to; the results are valid only for this content. */
  hash: z.string(),
  isPassed: z.boolean(),
  rules: z.array(GateRuleResult),
})).meta({ id: 'GateReport' });
export type GateReport = z.infer<typeof GateReport>;

/** A person's reason for publishing although the gate does not pass. */
export const GateOverride = z
  .strictObject({ reason: z.string().trim().min(5, { error: 'A reason of at least 5 characters' }).max(2_000) })
  .meta({ id: 'GateOverride' });
export type GateOverride = z.infer<typeof GateOverride>;

/** The gate results of a published version. */
export const VersionGate = lazyObject(() => ({
  state: z.enum(['passed', 'overridden']),
  rules: z.array(GateRuleResult.pick({ rule: true, title: true, state: true, experiment: true, replay: true })),
  /** The person who published despite the gate (`overriddenBy`) and the reason. */
  overriddenBy: z.string().optional(),
  reason: z.string().optional(),
})).meta({ id: 'VersionGate' });
export type VersionGate = z.infer<typeof VersionGate>;

/** Rules to run again, even if they have a result. */
export const RunGateRequest = z
  .strictObject({ again: z.array(z.string().min(1).max(60)).max(mostGateRules).default([]) })
  .prefault({})
  .meta({ id: 'RunGateRequest' });
export type RunGateRequest = z.infer<typeof RunGateRequest>;

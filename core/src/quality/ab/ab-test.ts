import { z } from 'zod';
import { GivenCount, GivenLength } from '../../api/bounds.js';
import { MetricInfo } from '../evaluators/evaluator.js';
import { AbMetric } from './ab-metrics.js';
import { AbArm, AbSlice } from './ab-slices.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Maximum number of versions in a test, including the control. */
export const mostArms = 5;

/** A limit that an arm must not break. The direction of the metric decides whether it is an upper or a lower limit. */
export const AbGuard = lazyStrictObject(() => ({
  metric: AbMetric,
  /** `limit`: compares the mean of the arm with `value`. `control`: the arm may be worse than the control by at most `value`. */
  against: z.enum(['limit', 'control']),
  /** In the unit of the metric; shares, scores and checks range from 0 to 1. */
  value: z.number().min(0).max(1e9),
})).meta({ id: 'AbGuard' });
export type AbGuard = z.infer<typeof AbGuard>;

/** How a test is judged. The rules do not change while the test runs. */
export const AbRules = lazyStrictObject(() => ({
  /** Whether a caller keeps the same version in all runs or only within a conversation. */
  sticky: z.enum(['caller', 'conversation']).default('caller'),
  /** The metric that decides the winner; a canary has none. */
  primary: AbMetric.optional(),
  guards: z.array(AbGuard).max(10).default([]),
  /** Minimum number of runs (for guards) and callers (for the primary metric) of an arm before it is judged. */
  minRuns: GivenCount.default(20),
  /** Whether Heddle promotes a winner by itself or leaves it to a person. */
  promote: z.enum(['automatic', 'person']).default('person'),
}));
export type AbRules = z.infer<typeof AbRules>;

/** Body of `POST /api/workflows/:id/ab`. The live version is the control, and must be one of the arms. */
export const AbRequest = AbRules.extend({
  primary: AbMetric,
  arms: z.array(AbArm).min(2).max(mostArms),
  /** A description of the change under test, for people. */
  note: z.string().max(2_000).default(''),
}).meta({ id: 'AbRequest' });
export type AbRequest = z.input<typeof AbRequest>;

/** Body of `POST /api/workflows/:id/ab/:test/shares`. */
export const AbSharesRequest = lazyStrictObject(() => ({
  /** The revision that the caller read. If the test has changed since then, the request fails with `conflict`. */
  revision: z.int().nonnegative(),
  arms: z.array(AbArm).min(2).max(mostArms),
})).meta({ id: 'AbSharesRequest' });
export type AbSharesRequest = z.infer<typeof AbSharesRequest>;

/** Body of `POST /api/workflows/:id/ab/:test/promote`. */
export const AbPromoteRequest = z.strictObject({ version: z.int().positive() }).meta({ id: 'AbPromoteRequest' });

/** A canary in a request: a test with two arms and guards only. */
export const CanaryRequest = lazyObject(() => ({
  version: z.int().positive(),
  /** The share of callers who get this version, 0 to 1. */
  share: z.number().min(0).max(1),
  /** Maximum share of failed runs; above it, the canary is stopped. Default 0.1. */
  maxErrorRate: z.number().min(0).max(1).optional(),
  /** Maximum mean duration of a run in milliseconds; above it, the canary is stopped. */
  maxMeanMs: GivenLength.optional(),
  /** Minimum number of runs before the canary is judged. Default 20. */
  minRuns: GivenCount.optional(),
}));
export type CanaryRequest = z.infer<typeof CanaryRequest>;

/** The part of a test that is needed to choose a caller's version. */
export const LiveTest = lazyObject(() => ({
  id: z.string(),
  kind: z.enum(['canary', 'ab']),
  sticky: AbRules.shape.sticky,
  /** Hashed together with the caller. It never changes, so callers keep their version. */
  salt: z.string(),
  slices: z.array(AbSlice).min(1),
}));
export type LiveTest = z.infer<typeof LiveTest>;

/** How a test ended. `replaced`: another version or test went live. */
export const AbOutcome = z.enum(['promoted', 'stopped', 'rolled-back', 'replaced', 'unpublished']);
export type AbOutcome = z.infer<typeof AbOutcome>;

const AbRollback = lazyObject(() => ({
  version: z.int().positive(),
  /** Epoch milliseconds. */
  at: z.number(),
  reason: z.string(),
}));

/** A stored test. Each change adds 1 to its revision. */
export const AbTest = AbRules.extend({
  id: z.string(),
  kind: LiveTest.shape.kind,
  workflowId: z.string(),
  revision: z.int().nonnegative(),
  note: z.string(),
  control: z.int().positive(),
  arms: z.array(AbArm),
  startedAt: z.number(),
  startedBy: z.string(),
  rollbacks: z.array(AbRollback),
  endedAt: z.number().optional(),
  endedBy: z.string().optional(),
  outcome: AbOutcome.optional(),
  winner: z.int().positive().optional(),
}).meta({ id: 'AbTest' });
export type AbTest = z.infer<typeof AbTest>;

const AbInterval = lazyObject(() => ({ low: z.number(), high: z.number() }));

/** The figures of one metric of an arm. */
export const AbMetricReply = lazyObject(() => ({
  metric: z.string(),
  /** Number of runs with a value (`runs`) and without one (`missing`). A missing value is not 0. */
  runs: z.int().nonnegative(),
  missing: z.int().nonnegative(),
  /** Number of callers or conversations with a value; each counts once. */
  callers: z.int().nonnegative(),
  /** Mean over callers. */
  mean: z.number().optional(),
  /** Mean over all runs. */
  runMean: z.number().optional(),
  interval: AbInterval.optional(),
  /** Arm minus control, over callers; missing for the control. */
  difference: z.number().optional(),
  differenceInterval: AbInterval.optional(),
  verdict: z.enum(['better', 'worse', 'undecided']).optional(),
}));
export type AbMetricReply = z.infer<typeof AbMetricReply>;

/** The state of one guard of an arm. */
export const AbGuardReply = lazyObject(() => ({
  guard: AbGuard,
  /** `open`: the interval does not show yet whether the guard holds or is broken. */
  state: z.enum(['holds', 'broken', 'open']),
  /** Explains the state in one sentence. */
  text: z.string(),
}));
export type AbGuardReply = z.infer<typeof AbGuardReply>;

/** An arm with its figures. */
export const AbArmReply = AbArm.extend({
  isControl: z.boolean(),
  runs: z.int().nonnegative(),
  metrics: z.array(AbMetricReply),
  guards: z.array(AbGuardReply),
});
export type AbArmReply = z.infer<typeof AbArmReply>;

/** The current verdict of a test. */
export const AbVerdict = lazyObject(() => ({
  kind: z.enum(['too-early', 'undecided', 'winner', 'worse', 'ended']),
  /** The winner, if there is one. */
  version: z.int().positive().optional(),
  /** Explains the verdict in one sentence. */
  text: z.string(),
}));
export type AbVerdict = z.infer<typeof AbVerdict>;

/** A test with its figures. It contains counts and means, but no text from a run. */
export const AbReport = lazyObject(() => ({
  test: AbTest,
  metrics: z.array(MetricInfo),
  /** The confidence level of each interval, corrected for the number of arms (Bonferroni). */
  level: z.number(),
  arms: z.array(AbArmReply),
  verdict: AbVerdict,
})).meta({ id: 'AbReport' });
export type AbReport = z.infer<typeof AbReport>;

/** Reply of `GET /api/workflows/:id/ab`: tests with their figures, newest first. */
export const AbReply = z.object({ tests: z.array(AbReport) }).meta({ id: 'AbReply' });

import { z } from 'zod';
import { ErrorValue } from '../../errors/heddle-error.js';
import { LabelLevel } from '../../labels/label.js';
import { ScoreSeries } from '../monitors/monitor.js';
import { lazyObject } from '../../values/lazy-object.js';

const Count = z.number().nonnegative();
const Money = z.record(z.string(), z.number());
const Milliseconds = z.number().nonnegative().nullable();

/** The figures of a period or a group. A percentile is null if nothing was measured. */
export const DashboardFigures = lazyObject(() => ({
  runs: Count,
  failed: Count,
  cancelled: Count,
  /** From the acceptance of a run to its end, in milliseconds. */
  p50: Milliseconds,
  p95: Milliseconds,
  p99: Milliseconds,
  /** Number of model calls (`calls`), and of those that failed. */
  calls: Count,
  failedCalls: Count,
  firstTokenP50: Milliseconds,
  firstTokenP95: Milliseconds,
  inputTokens: Count,
  outputTokens: Count,
  cost: Money,
  /** Money saved by cached results, and by routing compared with the most expensive model that could have answered. */
  savedByCache: Money,
  savedByRouting: Money,
  /** Number of ratings, and the sum of their scores from 0 to 1. A rating of at least 0.5 is good. */
  ratings: Count,
  goodRatings: Count,
  ratingSum: Count,
})).meta({ id: 'DashboardFigures' });
export type DashboardFigures = z.infer<typeof DashboardFigures>;

/** The figures of one time step. */
export const DashboardPoint = DashboardFigures.extend({
  /** Start of the step in epoch milliseconds. */
  time: z.number(),
}).meta({ id: 'DashboardPoint' });
export type DashboardPoint = z.infer<typeof DashboardPoint>;

/** A dimension that figures can be grouped by. */
export const DashboardDimension = z
  .enum(['project', 'workflow', 'version', 'model', 'key', 'channel', 'status', 'code'])
  .meta({ id: 'DashboardDimension' });
export type DashboardDimension = z.infer<typeof DashboardDimension>;

/** The figures of a group. */
export const DashboardGroup = DashboardFigures.extend({
  /** An id, a version such as `WORKFLOW 3`, a status or an error code; empty for runs without this dimension. */
  name: z.string(),
  /** A display name, if it differs from the id. */
  title: z.string().optional(),
}).meta({ id: 'DashboardGroup' });
export type DashboardGroup = z.infer<typeof DashboardGroup>;

/** Failed runs with the same cause: the same code, node, and message apart from varying values. */
export const ErrorGroup = lazyObject(() => ({
  cause: z.string(),
  code: ErrorValue.shape.code,
  /** The node that failed, without iterations; empty if the run failed outside a node. */
  node: z.string(),
  workflow: z.string(),
  runs: Count,
  lastAt: z.number(),
  /** The newest failed run; missing if it was removed. */
  run: z.string().optional(),
  /** Missing if the caller may not see it; `hidden` then says why. */
  message: z.string().optional(),
  hidden: z.enum(['right', 'label', 'removed']).optional(),
  label: LabelLevel.optional(),
})).meta({ id: 'ErrorGroup' });
export type ErrorGroup = z.infer<typeof ErrorGroup>;

/** Reply of `GET /api/dashboard`. */
export const DashboardReply = lazyObject(() => ({
  from: z.number(),
  to: z.number(),
  /** Length of a step in milliseconds. */
  step: z.number().positive(),
  totals: DashboardFigures,
  /** The figures of the preceding period of the same length. */
  before: DashboardFigures,
  /** All steps, including those without runs. */
  series: z.array(DashboardPoint),
  /** The largest groups of each dimension. */
  groups: z.partialRecord(DashboardDimension, z.array(DashboardGroup)),
  errors: z.array(ErrorGroup),
  /** Scores of monitors by metric and version. Empty if runs are filtered by model, key or channel, because scores do not store these. */
  scores: z.array(ScoreSeries),
  /** Age in milliseconds of the oldest finished run that is not counted yet. */
  behindMs: z.number().nonnegative(),
  /** Runs from before the upgrade that are not counted yet; at most 100,000. */
  waiting: z.number().nonnegative(),
})).meta({ id: 'DashboardReply' });
export type DashboardReply = z.infer<typeof DashboardReply>;

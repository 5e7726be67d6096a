import { z } from 'zod';
import { ErrorValue } from '../../errors/heddle-error.js';
import { LabelLevel } from '../../labels/label.js';
import { ScoreSeries } from '../monitors/monitor.js';
import { lazyObject } from '../../values/lazy-object.js';

const Count = z.number().nonnegative();
/** Money by currency. */
const Money = z.record(z.string(), z.number());
const Milliseconds = z.number().nonnegative().nullable();

/** What is counted of a time or of a group. A percentile is null where nothing was measured. */
export const DashboardFigures = lazyObject(() => ({
  /** Runs that ended. */
  runs: Count,
  failed: Count,
  cancelled: Count,
  /** From the acceptance of a run to its end, in milliseconds. */
  p50: Milliseconds,
  p95: Milliseconds,
  p99: Milliseconds,
  /** Calls of models, and those that failed. */
  calls: Count,
  failedCalls: Count,
  firstTokenP50: Milliseconds,
  firstTokenP95: Milliseconds,
  inputTokens: Count,
  outputTokens: Count,
  cost: Money,
  /** Money that stored results saved, and that routing saved against the dearest model that could have answered. */
  savedByCache: Money,
  savedByRouting: Money,
  /** Ratings of runs, and the sum of their scores from 0 to 1; from 0.5 on a rating is good. */
  ratings: Count,
  goodRatings: Count,
  ratingSum: Count,
})).meta({ id: 'DashboardFigures' });
export type DashboardFigures = z.infer<typeof DashboardFigures>;

/** The figures of one step of time. */
export const DashboardPoint = DashboardFigures.extend({
  /** Where the step begins, in epoch milliseconds. */
  time: z.number(),
}).meta({ id: 'DashboardPoint' });
export type DashboardPoint = z.infer<typeof DashboardPoint>;

/** What figures are broken down by. */
export const DashboardDimension = z
  .enum(['project', 'workflow', 'version', 'model', 'key', 'channel', 'status', 'code'])
  .meta({ id: 'DashboardDimension' });
export type DashboardDimension = z.infer<typeof DashboardDimension>;

/** The figures of a group. */
export const DashboardGroup = DashboardFigures.extend({
  /** An id, a version such as `WORKFLOW 3`, a status or an error code; empty for what has none. */
  name: z.string(),
  /** How it is called, where that is not its id. */
  title: z.string().optional(),
}).meta({ id: 'DashboardGroup' });
export type DashboardGroup = z.infer<typeof DashboardGroup>;

/** Failed runs with the same cause: code, node, and message without its values. */
export const ErrorGroup = lazyObject(() => ({
  cause: z.string(),
  code: ErrorValue.shape.code,
  /** The node that failed, without iterations; empty if the run failed outside of its nodes. */
  node: z.string(),
  workflow: z.string(),
  runs: Count,
  lastAt: z.number(),
  /** The newest failed run; missing if it was removed. */
  run: z.string().optional(),
  /** Missing if it may not be shown; `hidden` then says why. */
  message: z.string().optional(),
  hidden: z.enum(['right', 'label', 'removed']).optional(),
  /** The level of the message, where it is known. */
  label: LabelLevel.optional(),
})).meta({ id: 'ErrorGroup' });
export type ErrorGroup = z.infer<typeof ErrorGroup>;

/** Reply of `GET /api/dashboard`. */
export const DashboardReply = lazyObject(() => ({
  from: z.number(),
  to: z.number(),
  /** Milliseconds of a step. */
  step: z.number().positive(),
  totals: DashboardFigures,
  /** The figures of the same length of time before. */
  before: DashboardFigures,
  /** Every step, also those without runs. */
  series: z.array(DashboardPoint),
  /** The largest groups of each dimension. */
  groups: z.partialRecord(DashboardDimension, z.array(DashboardGroup)),
  errors: z.array(ErrorGroup),
  /** Scores of monitors by metric and version; none where runs are chosen by model, key or channel, which scores do not know. */
  scores: z.array(ScoreSeries),
  /** How old the oldest run is that has ended and is not counted yet, in milliseconds. */
  behindMs: z.number().nonnegative(),
  /** Runs of before the upgrade that are not counted yet; at most 100,000. */
  waiting: z.number().nonnegative(),
})).meta({ id: 'DashboardReply' });
export type DashboardReply = z.infer<typeof DashboardReply>;

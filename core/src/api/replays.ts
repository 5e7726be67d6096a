import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { LabelledValue, RunStatus } from '../events/events.js';
import { LabelLevel } from '../labels/label.js';
import { ComparisonTable } from '../quality/comparison/comparison.js';
import { ReplayCounts } from '../replay/replay-counts.js';
import { ReplayMode } from '../replay/replay-mode.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** Which recorded runs of the workflow are replayed: the newest that fit. */
export const ReplayFilter = lazyStrictObject(() => ({
  /** Accepted from this time on (milliseconds since the epoch). */
  since: z.number().optional(),
  status: z
    .array(RunStatus.extract(['done', 'failed']))
    .min(1)
    .default(['done', 'failed']),
  /** Only runs of this published version. */
  version: z.int().positive().optional(),
  /** Text that the run id or the error contains. */
  search: z.string().trim().min(1).max(200).optional(),
  /** Runs with a value above this level are left out. */
  label: LabelLevel.optional(),
  /** Most runs. */
  limit: z.int().min(1).max(10_000).default(100),
})).meta({ id: 'ReplayFilter' });
export type ReplayFilter = z.infer<typeof ReplayFilter>;

/** Starts a replay: recorded runs of a workflow against its draft, or against a version. */
export const StartReplayRequest = lazyStrictObject(() => ({
  /** Id or slug. */
  workflow: z.string().min(1),
  /** The published version to try. Without it, the present draft is tried. */
  version: z.int().positive().optional(),
  filter: ReplayFilter.prefault({}),
  ...ReplayMode.pick({ unrecorded: true, stubs: true, models: true }).shape,
  /** Replays that run at the same time. */
  concurrency: z.int().min(1).max(16).default(4),
  /** What its model calls may cost in all; rows that are left then are not replayed. */
  budget: z.number().positive().optional(),
  /** The share of rows whose answer may change, 0 to 1; any, unless given. */
  maxChanged: z.number().min(0).max(1).optional(),
})).meta({ id: 'StartReplayRequest' });
export type StartReplayRequest = z.infer<typeof StartReplayRequest>;

/** The state of a replayed run beside its recorded run. */
export const ReplayRowStatus = z
  .enum(['waiting', 'running', 'same', 'changed', 'would-call', 'failed', 'suspended', 'left-out'])
  .meta({ id: 'ReplayRowStatus' });
export type ReplayRowStatus = z.infer<typeof ReplayRowStatus>;

/** One side of a row. Time and money are of the work of its nodes; those of a result that was taken over count as recorded. */
export const ReplaySide = lazyObject(() => ({
  status: RunStatus,
  ms: z.number().nonnegative(),
  cost: z.number().nonnegative(),
  tokens: z.int().nonnegative(),
  /** The nodes that ran, by location. */
  nodes: z.array(z.string()),
  /** What left this machine, or would have left it in the recorded run. */
  egress: z.array(z.string()),
  error: ErrorValue.pick({ code: true }).optional(),
})).meta({ id: 'ReplaySide' });
export type ReplaySide = z.infer<typeof ReplaySide>;

/** A recorded run and its replay. */
export const ReplayRow = lazyObject(() => ({
  number: z.int().positive(),
  recorded: z.string(),
  run: z.string().optional(),
  status: ReplayRowStatus,
  /** Whether the recorded run had an answer and the replay has none. */
  isRegression: z.boolean(),
  before: ReplaySide.optional(),
  after: ReplaySide.optional(),
  effects: ReplayCounts.optional(),
  /** What the model calls of the replay cost, without what was taken over. */
  spent: z.number().nonnegative().optional(),
  /** Where the row ended, if it would call something; why it was left out. */
  why: z.string().optional(),
})).meta({ id: 'ReplayRow' });
export type ReplayRow = z.infer<typeof ReplayRow>;

/** A row with both answers. */
export const ReplayRowReply = ReplayRow.extend({
  inputs: z.record(z.string(), LabelledValue),
  outputsBefore: z.record(z.string(), LabelledValue),
  outputsAfter: z.record(z.string(), LabelledValue),
}).meta({ id: 'ReplayRowReply' });
export type ReplayRowReply = z.infer<typeof ReplayRowReply>;

/** How many rows of a replay are in each state. */
export const ReplayRowCounts = lazyObject(() => ({
  total: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
  running: z.int().nonnegative(),
  same: z.int().nonnegative(),
  changed: z.int().nonnegative(),
  wouldCall: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  suspended: z.int().nonnegative(),
  leftOut: z.int().nonnegative(),
  regressions: z.int().nonnegative(),
})).meta({ id: 'ReplayRowCounts' });
export type ReplayRowCounts = z.infer<typeof ReplayRowCounts>;

/** A replay in a list. */
export const ReplayInfo = lazyObject(() => ({
  id: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  /** The version that is tried; missing for a draft. */
  version: z.int().positive().optional(),
  /** SHA-256 of the workflow that is tried. */
  hash: z.string(),
  who: z.string(),
  createdAt: z.number(),
  endedAt: z.number().optional(),
  state: z.enum(['running', 'done', 'cancelled']),
  rows: ReplayRowCounts,
})).meta({ id: 'ReplayInfo' });
export type ReplayInfo = z.infer<typeof ReplayInfo>;

/** A replay with its result. */
export const ReplayReply = ReplayInfo.extend({
  request: StartReplayRequest,
  effects: ReplayCounts,
  /** Recorded and draft; once it has ended. */
  table: ComparisonTable.optional(),
  /** Why the draft does not pass: empty if it does. Missing while it runs. */
  problems: z.array(z.string()).optional(),
}).meta({ id: 'ReplayReply' });
export type ReplayReply = z.infer<typeof ReplayReply>;

/** Reply of `GET /api/replays`. */
export const ReplaysReply = z.object({ replays: z.array(ReplayInfo) }).meta({ id: 'ReplaysReply' });
export type ReplaysReply = z.infer<typeof ReplaysReply>;

/** A page of rows. */
export const ReplayRowsReply = lazyObject(() => ({ rows: z.array(ReplayRow), next: z.int().optional() })).meta({
  id: 'ReplayRowsReply',
});
export type ReplayRowsReply = z.infer<typeof ReplayRowsReply>;

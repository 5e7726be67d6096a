import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { LabelledValue, RunStatus } from '../events/events.js';
import { LabelLevel } from '../labels/label.js';
import { ComparisonTable } from '../quality/comparison/comparison.js';
import { ReplayCounts } from '../replay/replay-counts.js';
import { ReplayMode } from '../replay/replay-mode.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** Selects the recorded runs to replay: the newest ones that match. */
export const ReplayFilter = lazyStrictObject(() => ({
  /** Only runs accepted at or after this time (milliseconds since the epoch). */
  since: z.number().optional(),
  status: z
    .array(RunStatus.extract(['done', 'failed']))
    .min(1)
    .default(['done', 'failed']),
  /** Only runs of this published version. */
  version: z.int().positive().optional(),
  /** Text in the run id or the error. */
  search: z.string().trim().min(1).max(200).optional(),
  /** Leaves out runs with a value above this level. */
  label: LabelLevel.optional(),
  /** Maximum number of runs. */
  limit: z.int().min(1).max(10_000).default(100),
})).meta({ id: 'ReplayFilter' });
export type ReplayFilter = z.infer<typeof ReplayFilter>;

/** Starts a replay: repeats recorded runs of a workflow with its draft or with a version. */
export const StartReplayRequest = lazyStrictObject(() => ({
  /** Id or slug. */
  workflow: z.string().min(1),
  /** The published version to test. Without it, the current draft is tested. */
  version: z.int().positive().optional(),
  filter: ReplayFilter.prefault({}),
  ...ReplayMode.pick({ unrecorded: true, stubs: true, models: true }).shape,
  /** Number of concurrent replays. */
  concurrency: z.int().min(1).max(16).default(4),
  /** Budget of all model calls together; when it is spent, the remaining rows are not replayed. */
  budget: z.number().positive().optional(),
  /** The share of rows whose answer may change, 0 to 1. Default: any. */
  maxChanged: z.number().min(0).max(1).optional(),
})).meta({ id: 'StartReplayRequest' });
export type StartReplayRequest = z.infer<typeof StartReplayRequest>;

/** The state of a replayed run compared with its recorded run. */
export const ReplayRowStatus = z
  .enum(['waiting', 'running', 'same', 'changed', 'would-call', 'failed', 'suspended', 'left-out'])
  .meta({ id: 'ReplayRowStatus' });
export type ReplayRowStatus = z.infer<typeof ReplayRowStatus>;

/** One side of a row. Time and money are those of its nodes; for a reused result, they are the recorded ones. */
export const ReplaySide = lazyObject(() => ({
  status: RunStatus,
  ms: z.number().nonnegative(),
  cost: z.number().nonnegative(),
  tokens: z.int().nonnegative(),
  /** The nodes that ran, by execution path. */
  nodes: z.array(z.string()),
  /** The models and other destinations outside this machine that received data, or in a replay would have received it. */
  egress: z.array(z.string()),
  error: ErrorValue.pick({ code: true }).optional(),
})).meta({ id: 'ReplaySide' });
export type ReplaySide = z.infer<typeof ReplaySide>;

/** A recorded run with its replay. */
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
  /** Cost of the replay's own model calls, without reused results. */
  spent: z.number().nonnegative().optional(),
  /** The effect at which the row ended because it was never recorded, or the reason why the row was left out. */
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

/** The number of a replay's rows, by state. */
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
  /** The version that is tested; missing for a draft. */
  version: z.int().positive().optional(),
  /** SHA-256 of the tested workflow. */
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
  /** Compares the recorded runs with the tested workflow; missing while the replay runs. */
  table: ComparisonTable.optional(),
  /** Why the tested workflow does not pass; empty if it passes. Missing while the replay runs. */
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

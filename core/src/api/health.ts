import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { ClockReply } from './clock.js';
import { lazyObject } from '../values/lazy-object.js';

/** How long each kind of data is kept, and what the last cleanup removed. */
export const RetentionReply = lazyObject(() => ({
  classes: z.array(
    z.object({
      /** `streams` are texts of nodes that have ended, `values` contents of ended runs, `files` stored files without a reference. */
      name: z.string(),
      /** Name of the setting; missing if there is none. */
      setting: z.string().optional(),
      /** Days after the end; missing if it is kept forever. */
      days: z.number().optional(),
    }),
  ),
  lastSweep: z
    .object({
      at: z.number(),
      ms: z.number(),
      removed: z.record(z.string(), z.int()),
      /** Why nothing was removed. */
      skipped: z.enum(['clock']).optional(),
      error: ErrorValue.optional(),
    })
    .optional(),
})).meta({ id: 'RetentionReply' });
export type RetentionReply = z.infer<typeof RetentionReply>;

/** A running execution: its heartbeat and its deadlines. */
export const RunningExecution = lazyObject(() => ({
  runId: z.string(),
  workflowName: z.string(),
  path: z.string(),
  attempt: z.int().positive(),
  startedAt: z.number(),
  /** Time of the last heartbeat. */
  aliveAt: z.number(),
  silentSeconds: z.number(),
  /** The deadlines of its timeout and of its idle timeout (milliseconds since the epoch). */
  wallDueAt: z.number().optional(),
  idleDueAt: z.number().optional(),
})).meta({ id: 'RunningExecution' });
export type RunningExecution = z.infer<typeof RunningExecution>;

/**
 * What a run or an execution waits for. `place`: a slot for its run. `slot`: a slot of a limit, such as that of a model. `owner`: no living
 * process runs it, and the next start of a server will. `store`: the journal cannot be written.
 */
const WaitReason = z.enum(['place', 'slot', 'person', 'timer', 'retry', 'silent', 'store', 'owner']);
type WaitReason = z.infer<typeof WaitReason>;

/** A run or an execution that waits, and why. */
export const Waiting = lazyObject(() => ({
  runId: z.string(),
  workflowName: z.string(),
  /** The execution; missing if the whole run waits. */
  path: z.string().optional(),
  reason: WaitReason,
  since: z.number().optional(),
  /** Whether the wait is unexpected: it produces nothing or lasts longer than the setting allows, or something is broken. */
  isStuck: z.boolean(),
  position: z.int().positive().optional(),
  limit: z.string().optional(),
  until: z.number().optional(),
  silentSeconds: z.number().optional(),
  requestId: z.string().optional(),
  error: ErrorValue.optional(),
})).meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;

/** Reply of `GET /api/health`: whether the server works, what runs, what waits, and why. */
export const HealthReply = lazyObject(() => ({
  /** `degraded`: the server answers, but something needs attention; `storage`, `queue`, `waiting` and `clock` say what. */
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  pid: z.int(),
  uptimeSeconds: z.number(),
  memoryMb: z.number(),
  storage: z.object({ status: z.enum(['ok', 'fault']), error: ErrorValue.optional() }),
  /** The server that passes hints and live text between processes, if one is configured. When it fails, runs continue but start later. */
  queue: z.object({ status: z.enum(['ok', 'fault']), error: ErrorValue.optional() }).optional(),
  runs: z.object({
    running: z.int(),
    queued: z.int(),
    suspended: z.int(),
    maxRunning: z.int(),
    maxQueued: z.int(),
    /** The oldest accepted run that has not ended and is not suspended. */
    oldest: z
      .object({ runId: z.string(), workflowName: z.string(), status: z.string(), acceptedAt: z.number() })
      .optional(),
  }),
  /** The running executions, at most 200. */
  executions: z.array(RunningExecution),
  /** Waiting runs and executions, most urgent first, at most 200; `stuck` counts all unexpected ones. */
  waiting: z.array(Waiting),
  stuck: z.int(),
  retention: RetentionReply,
  /** Whether the clock of the machine is trusted; only for callers who may read the settings. */
  clock: ClockReply.optional(),
  /** Secrets that cannot be sent until an owner adds a host; only for callers who may read the settings. */
  secretsWithoutHost: z.array(z.object({ name: z.string(), owner: z.string() })).optional(),
  /** Sources whose last sync failed; only for callers who may read the settings. */
  failingSources: z.array(z.object({ collection: z.string(), source: z.string(), code: z.string() })).optional(),
  /**
   * Workflows whose tests lack a recorded result for a node with effects. These tests fail, because tests have no effects. Only for callers
   * who may read the settings.
   */
  testsWithoutFixtures: z.array(z.object({ workflow: z.string(), nodes: z.array(z.string()) })).optional(),
})).meta({ id: 'HealthReply' });
export type HealthReply = z.infer<typeof HealthReply>;

/** Reply of `GET /api/health/live` and `GET /api/health/ready`. Errors have the format of the other routes. */
export const ProbeReply = z.object({ status: z.literal('ok') }).meta({ id: 'ProbeReply' });
export type ProbeReply = z.infer<typeof ProbeReply>;

/** Reply of `GET /api/settings`: every setting; for a secret, only whether it is set. */
export const SettingsReply = z
  .object({
    settings: z.array(
      lazyObject(() => ({
        name: z.string(),
        value: z.string(),
        default: z.string(),
        allowed: z.string(),
        help: z.string(),
        /** Where the value comes from; missing if the host sets its settings in code. */
        source: z.enum(['default', 'environment', 'command']).optional(),
      })),
    ),
  })
  .meta({ id: 'SettingsReply' });
export type SettingsReply = z.infer<typeof SettingsReply>;

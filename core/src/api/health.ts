import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';
import { ClockReply } from './clock.js';

/** What is kept how long, and what the last sweep removed. */
export const RetentionReply = z
  .object({
    classes: z.array(
      z.object({
        /** `streams` are texts of nodes that have ended, `values` contents of ended runs, `files` stored files that nothing names. */
        name: z.string(),
        /** Name of the setting; none where nothing can be chosen. */
        setting: z.string().optional(),
        /** Days after the end; none where it is kept for ever. */
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
  })
  .meta({ id: 'RetentionReply' });
export type RetentionReply = z.infer<typeof RetentionReply>;

/** An execution that works now: its heartbeat and when it will be given up. */
export const RunningExecution = z
  .object({
    runId: z.string(),
    workflowName: z.string(),
    path: z.string(),
    attempt: z.int().positive(),
    startedAt: z.number(),
    /** Its last sign of life. */
    aliveAt: z.number(),
    silentSeconds: z.number(),
    /** When it will be given up, in all or for its silence (epoch milliseconds). */
    wallDueAt: z.number().optional(),
    idleDueAt: z.number().optional(),
  })
  .meta({ id: 'RunningExecution' });
export type RunningExecution = z.infer<typeof RunningExecution>;

/**
 * What a run or an execution waits for. `place`: for a place among the working runs. `slot`: for one of a limit, such as a model.
 * `owner`: no living process has it (it is taken up at the start of a server). `store`: the journal cannot be written.
 */
export const WaitReason = z.enum(['place', 'slot', 'person', 'timer', 'retry', 'silent', 'store', 'owner']);
export type WaitReason = z.infer<typeof WaitReason>;

/** Something that does not go on, and why. */
export const Waiting = z
  .object({
    runId: z.string(),
    workflowName: z.string(),
    /** The execution; none where the whole run waits. */
    path: z.string().optional(),
    reason: WaitReason,
    /** Epoch milliseconds. */
    since: z.number().optional(),
    /** Nobody expects this: it is silent or has waited for longer than the setting allows, or something is broken. */
    isStuck: z.boolean(),
    position: z.int().positive().optional(),
    limit: z.string().optional(),
    until: z.number().optional(),
    silentSeconds: z.number().optional(),
    askId: z.string().optional(),
    error: ErrorValue.optional(),
  })
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;

/** `GET /api/health`: whether the server works, what runs, what waits, and why. */
export const HealthReply = z
  .object({
    /** `degraded`: it answers, and something needs attention; `storage`, `waiting` and `clock` say what. */
    status: z.enum(['ok', 'degraded']),
    version: z.string(),
    pid: z.int(),
    uptimeSeconds: z.number(),
    memoryMb: z.number(),
    storage: z.object({ status: z.enum(['ok', 'fault']), error: ErrorValue.optional() }),
    runs: z.object({
      running: z.int(),
      queued: z.int(),
      parked: z.int(),
      maxRunning: z.int(),
      maxQueued: z.int(),
      /** The run that was accepted first among those that have not ended and are not parked. */
      oldest: z
        .object({ runId: z.string(), workflowName: z.string(), status: z.string(), acceptedAt: z.number() })
        .optional(),
    }),
    /** The executions that work, at most 200. */
    executions: z.array(RunningExecution),
    /** What waits, the worst first, at most 200; `stuck` counts all that nobody expects. */
    waiting: z.array(Waiting),
    stuck: z.int(),
    retention: RetentionReply,
    /** Whether the clock of the machine is trusted; for who may read the settings. */
    clock: ClockReply.optional(),
    /** Secrets that go nowhere until an owner names their host; for who may read the settings. */
    secretsWithoutHost: z.array(z.object({ name: z.string(), owner: z.string() })).optional(),
  })
  .meta({ id: 'HealthReply' });
export type HealthReply = z.infer<typeof HealthReply>;

/** `GET /api/settings`: every setting; of secrets only whether they are set. */
export const SettingsReply = z
  .object({
    settings: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        default: z.string(),
        allowed: z.string(),
        help: z.string(),
        /** Where the value comes from; left out where the host made its settings itself. */
        source: z.enum(['default', 'environment', 'command']).optional(),
      }),
    ),
  })
  .meta({ id: 'SettingsReply' });
export type SettingsReply = z.infer<typeof SettingsReply>;

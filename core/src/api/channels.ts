import { z } from 'zod';
import { GivenMoney } from './bounds.js';
import { LabelLevel } from '../labels/label.js';
import { ProviderBatch } from '../ports/journal.js';
import { withReadOnly } from './read-only.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

const Name = z.string().trim().min(1).max(100);
const perMinute = z.int().min(1).max(1_000_000);
/**
 * A template for the inputs: a text that is a single `{{ body.path }}` becomes that value. Without a template, the members of the body are
 * the inputs.
 */
const Mapping = z.record(z.string(), z.unknown());

/** How a sender signs its messages; `standard` is Standard Webhooks. */
export const HookScheme = z.enum(['standard', 'github', 'stripe', 'slack']).meta({ id: 'HookScheme' });
export type HookScheme = z.infer<typeof HookScheme>;

/** An incoming webhook: `POST /v1/hooks/:id` starts a run. */
export const HookConfig = lazyStrictObject(() => ({
  name: Name,
  scheme: HookScheme.default('standard'),
  inputs: Mapping.optional(),
  /** Messages with a signature time further in the past or future are refused. */
  toleranceSeconds: z.int().min(30).max(3_600).default(300),
  ratePerMinute: perMinute.default(600),
  isPaused: z.boolean().default(false),
})).meta({ id: 'HookConfig' });
export type HookConfig = z.infer<typeof HookConfig>;

/** The events of a webhook: ends of runs, human input requests, reminders and escalations. */
export const WebhookEvent = z
  .enum([
    'run.done',
    'run.failed',
    'run.cancelled',
    'human-input.opened',
    'human-input.reminder',
    'human-input.escalated',
  ])
  .meta({ id: 'WebhookEvent' });
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** A webhook that receives messages about published runs. */
export const WebhookConfig = lazyStrictObject(() => ({
  name: Name,
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  events: z.array(WebhookEvent).min(1).default(['run.done', 'run.failed']),
  /** The clearance: outputs with a higher label are not sent. */
  clearance: LabelLevel.default('internal'),
  isPaused: z.boolean().default(false),
})).meta({ id: 'WebhookConfig' });
export type WebhookConfig = z.infer<typeof WebhookConfig>;

/** A time zone such as `Europe/Paris`; empty means UTC. */
export const TimeZone = z
  .string()
  .trim()
  .max(100)
  .overwrite((zone) => (zone === '' ? 'UTC' : zone));

/** A schedule that starts runs of a published workflow. */
export const ScheduleConfig = lazyStrictObject(() => ({
  name: Name,
  /** A cron expression with five fields, or six with seconds. */
  cron: z.string().trim().min(1).max(200),
  timeZone: TimeZone.default('UTC'),
  inputs: Mapping.default({}),
  /** What happens to times that passed while Heddle was not running. */
  catchUp: z.enum(['skip', 'one', 'all']).default('one'),
  /** Maximum number of missed runs that `all` starts; the newest times count. */
  catchUpLimit: z.int().min(1).max(1_000).default(10),
  isPaused: z.boolean().default(false),
})).meta({ id: 'ScheduleConfig' });
export type ScheduleConfig = z.infer<typeof ScheduleConfig>;

/** Why a webhook or a schedule cannot start runs now: its creator has no permission, nothing is live, or its inputs do not fit the live version. */
export const TriggerProblem = lazyObject(() => ({
  code: z.string(),
  message: z.string(),
  input: z.string().optional(),
})).meta({ id: 'TriggerProblem' });
export type TriggerProblem = z.infer<typeof TriggerProblem>;
const problems = z.array(TriggerProblem).default([]);

const about = { id: z.string(), workflowId: z.string(), owner: z.string(), createdAt: z.number() };

/** An incoming webhook of `GET /api/workflows/:id/hooks`. */
export const HookReply = HookConfig.extend({ ...about, path: z.string(), problems }).meta({ id: 'HookReply' });
export type HookReply = z.infer<typeof HookReply>;
/** Body of `PUT /api/workflows/:id/hooks/:hook`. */
export const ChangeHookRequest = withReadOnly(HookConfig, HookReply).meta({ id: 'ChangeHookRequest' });
/** Reply of `GET /api/workflows/:id/hooks`. */
export const HooksReply = z.object({ hooks: z.array(HookReply) }).meta({ id: 'HooksReply' });
/** A new incoming webhook. Only this reply contains the secret. */
export const CreatedHookReply = HookReply.extend({ secret: z.string() }).meta({ id: 'CreatedHookReply' });
export type CreatedHookReply = z.infer<typeof CreatedHookReply>;
/** `secret` is for a sender that chooses the secret, such as Stripe. */
export const CreateHookRequest = HookConfig.extend({ secret: z.string().min(8).max(500).optional() }).meta({
  id: 'CreateHookRequest',
});
export type CreateHookRequest = z.infer<typeof CreateHookRequest>;

/** A webhook of `GET /api/workflows/:id/webhooks`. */
export const WebhookReply = WebhookConfig.extend(about).meta({ id: 'WebhookReply' });
export type WebhookReply = z.infer<typeof WebhookReply>;
/** Body of `PUT /api/workflows/:id/webhooks/:webhook`. */
export const ChangeWebhookRequest = withReadOnly(WebhookConfig, WebhookReply).meta({ id: 'ChangeWebhookRequest' });
/** Reply of `GET /api/workflows/:id/webhooks`. */
export const WebhooksReply = z.object({ webhooks: z.array(WebhookReply) }).meta({ id: 'WebhooksReply' });
/** A new webhook. Only this reply contains the secret. */
export const CreatedWebhookReply = WebhookReply.extend({ secret: z.string() }).meta({ id: 'CreatedWebhookReply' });
export type CreatedWebhookReply = z.infer<typeof CreatedWebhookReply>;

/** A message to a webhook: waiting for its next attempt, delivered, or given up. */
export const Delivery = lazyObject(() => ({
  id: z.string(),
  webhook: z.string(),
  runId: z.string(),
  event: WebhookEvent,
  requestId: z.string().optional(),
  status: z.enum(['waiting', 'sent', 'dead']),
  attempts: z.int().nonnegative(),
  createdAt: z.number(),
  nextAt: z.number().optional(),
  endedAt: z.number().optional(),
  error: z.string().optional(),
})).meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;
/** Reply of `GET /api/workflows/:id/webhooks/:webhook/deliveries`. */
export const DeliveriesReply = z.object({ deliveries: z.array(Delivery) }).meta({ id: 'DeliveriesReply' });

/** A schedule of `GET /api/workflows/:id/schedules`. */
export const ScheduleReply = ScheduleConfig.extend({
  ...about,
  /** The next times, in milliseconds since the epoch; none while it is paused. */
  next: z.array(z.number()),
  lastAt: z.number().optional(),
  lastError: z.string().optional(),
  problems,
  /** The schedule in plain English. */
  words: z.string(),
  /** How the next clock changes within a year affect it. */
  notes: z.array(z.string()),
}).meta({ id: 'ScheduleReply' });
export type ScheduleReply = z.infer<typeof ScheduleReply>;
/** Body of `PUT /api/workflows/:id/schedules/:schedule`. */
export const ChangeScheduleRequest = withReadOnly(ScheduleConfig, ScheduleReply).meta({ id: 'ChangeScheduleRequest' });
/** Reply of `GET /api/workflows/:id/schedules`. */
export const SchedulesReply = z.object({ schedules: z.array(ScheduleReply) }).meta({ id: 'SchedulesReply' });

/** The number of rows of a batch, by status. */
export const BatchCounts = lazyObject(() => ({
  waiting: z.int().nonnegative(),
  running: z.int().nonnegative(),
  done: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
}));
export type BatchCounts = z.infer<typeof BatchCounts>;

/** Model calls of an experiment or batch that wait for batches of their providers. */
export const AtProvider = lazyObject(() => ({
  /** Calls collected for the next batch. */
  gathered: z.int().nonnegative(),
  /** Calls that were submitted to a provider. */
  submitted: z.int().nonnegative(),
  /** When the oldest submitted call was submitted. */
  since: z.number().optional(),
  /** Why the last attempt to submit or read a batch failed. */
  problem: z.string().optional(),
})).meta({ id: 'AtProvider' });
export type AtProvider = z.infer<typeof AtProvider>;

/** The settings of a batch. */
export const BatchConfig = lazyStrictObject(() => ({
  name: Name.default('Batch'),
  /** Number of concurrent runs. */
  concurrency: z.int().min(1).max(256).default(4),
  /** The input for each column or member. Without it, columns and inputs match by name. */
  columns: z.record(z.string(), z.string()).optional(),
  /** The version for every row; without it, the version that is live when the batch starts. */
  version: z.int().positive().optional(),
  /** The clearance of its download. */
  clearance: LabelLevel.default('internal'),
  /** Budget of all its runs together, in $: the batch pauses before a row that would start after it is spent. */
  budget: z.number().positive().optional(),
  /** Whether model calls go to batches of their providers. Missing: `off`. */
  providerBatch: ProviderBatch.optional(),
  /** The A/B test that chose the version; the rows count for that test. */
  test: z.object({ id: z.string(), unit: z.string() }).optional(),
}))
  .prefault({})
  .meta({ id: 'BatchConfig' });
export type BatchConfig = z.infer<typeof BatchConfig>;
/** The settings of a batch in a request. */
export const GivenBatchConfig = BatchConfig.unwrap().omit({ test: true }).extend({ budget: GivenMoney.optional() });

/** Reply of `GET /api/workflows/:id/batches/:batch`. */
export const BatchReply = lazyObject(() => ({
  id: z.string(),
  workflowId: z.string(),
  owner: z.string(),
  createdAt: z.number(),
  name: z.string(),
  concurrency: z.int(),
  version: z.int(),
  clearance: LabelLevel,
  budget: z.number().optional(),
  /** Cost of its runs, in $, including runs before a retry. */
  cost: z.number(),
  status: z.enum(['running', 'paused', 'cancelled', 'done']),
  /** Why it paused by itself; for a finished batch, a cause outside the rows that left rows without results. */
  reason: z.string().optional(),
  /** The code of the reason: `budget_exceeded`, `not_published`, `forbidden`, `storage_failed`, … */
  code: z.string().optional(),
  rows: BatchCounts,
  /** Calls that wait for batches of their providers; missing if the batch uses none. */
  atProvider: AtProvider.optional(),
  /** The job that runs it now. The topic `jobs` reports its progress. */
  jobId: z.string().optional(),
})).meta({ id: 'BatchReply' });
export type BatchReply = z.infer<typeof BatchReply>;
/** Reply of `GET /api/workflows/:id/batches`. */
export const BatchesReply = z.object({ batches: z.array(BatchReply) }).meta({ id: 'BatchesReply' });

/** A row of a batch. */
export const BatchRow = lazyObject(() => ({
  number: z.int().positive(),
  status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  attempt: z.int().positive(),
  inputs: z.record(z.string(), z.unknown()),
  /** Missing if no run started. */
  runId: z.string().optional(),
  error: z.string().optional(),
  /** Why it has no result: the code of its error, `run_cancelled`, or `batch_cancelled` if the batch ended before the row ran. */
  code: z.string().optional(),
})).meta({ id: 'BatchRow' });
export type BatchRow = z.infer<typeof BatchRow>;
/** Reply of `GET /api/workflows/:id/batches/:batch/rows`. */
export const BatchRowsReply = z.object({ rows: z.array(BatchRow) }).meta({ id: 'BatchRowsReply' });

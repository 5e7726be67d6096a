import { z } from 'zod';
import { GivenMoney } from './bounds.js';
import { LabelLevel } from '../labels/label.js';
import { withReadOnly } from './read-only.js';

const Name = z.string().trim().min(1).max(100);
const perMinute = z.int().min(1).max(1_000_000);
/** Inputs as a template: a text that is one `{{ body.path }}` becomes that value. Left out: members of the body that are inputs. */
const Mapping = z.record(z.string(), z.unknown());

/** How a sender proves that a message is its own; `standard` is Standard Webhooks. */
export const HookScheme = z.enum(['standard', 'github', 'stripe', 'slack']).meta({ id: 'HookScheme' });
export type HookScheme = z.infer<typeof HookScheme>;

/** A webhook that begins runs: `POST /v1/hooks/:id`. */
export const HookConfig = z
  .strictObject({
    name: Name,
    scheme: HookScheme.default('standard'),
    inputs: Mapping.optional(),
    /** Messages signed longer ago, or further ahead, are refused. */
    toleranceSeconds: z.int().min(30).max(3_600).default(300),
    ratePerMinute: perMinute.default(600),
    isPaused: z.boolean().default(false),
  })
  .meta({ id: 'HookConfig' });
export type HookConfig = z.infer<typeof HookConfig>;

/** What a webhook tells of: ends of runs, questions to people, and that somebody was reminded or a question passed on. */
export const WebhookEvent = z
  .enum(['run.done', 'run.failed', 'run.cancelled', 'ask.opened', 'ask.reminder', 'ask.escalated'])
  .meta({ id: 'WebhookEvent' });
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** A webhook that is told what becomes of published runs. */
export const WebhookConfig = z
  .strictObject({
    name: Name,
    url: z.url({ protocol: /^https?$/ }).max(2_000),
    events: z.array(WebhookEvent).min(1).default(['run.done', 'run.failed']),
    /** Outputs above it are not sent. */
    ceiling: LabelLevel.default('internal'),
    isPaused: z.boolean().default(false),
  })
  .meta({ id: 'WebhookConfig' });
export type WebhookConfig = z.infer<typeof WebhookConfig>;

/** Such as `Europe/Paris`; an empty one is UTC. */
export const TimeZone = z
  .string()
  .trim()
  .max(100)
  .overwrite((zone) => (zone === '' ? 'UTC' : zone));

/** When a published workflow runs by itself. */
export const ScheduleConfig = z
  .strictObject({
    name: Name,
    /** Five fields, or six with seconds. */
    cron: z.string().trim().min(1).max(200),
    timeZone: TimeZone.default('UTC'),
    inputs: Mapping.default({}),
    /** What happens to times that passed while Heddle was not running. */
    catchUp: z.enum(['skip', 'one', 'all']).default('one'),
    /** Most runs that `all` begins at once; the newest times. */
    catchUpLimit: z.int().min(1).max(1_000).default(10),
    isPaused: z.boolean().default(false),
  })
  .meta({ id: 'ScheduleConfig' });
export type ScheduleConfig = z.infer<typeof ScheduleConfig>;

/** Why a webhook or a schedule would begin no run now: its maker may not, nothing is live, or its inputs are not those of the live version. */
export const TriggerProblem = z
  .object({ code: z.string(), message: z.string(), input: z.string().optional() })
  .meta({ id: 'TriggerProblem' });
export type TriggerProblem = z.infer<typeof TriggerProblem>;
const problems = z.array(TriggerProblem).default([]);

const about = { id: z.string(), workflowId: z.string(), owner: z.string(), createdAt: z.number() };

/** `GET /api/workflows/:id/hooks`. */
export const HookReply = HookConfig.extend({ ...about, path: z.string(), problems }).meta({ id: 'HookReply' });
export type HookReply = z.infer<typeof HookReply>;
/** `PUT /api/workflows/:id/hooks/:hook`. */
export const ChangeHookRequest = withReadOnly(HookConfig, HookReply).meta({ id: 'ChangeHookRequest' });
export const HooksReply = z.object({ hooks: z.array(HookReply) }).meta({ id: 'HooksReply' });
/** The secret is told when a webhook is made, and never again. */
export const CreatedHookReply = HookReply.extend({ secret: z.string() }).meta({ id: 'CreatedHookReply' });
export type CreatedHookReply = z.infer<typeof CreatedHookReply>;
/** `secret`: of a sender that chooses it itself, such as Stripe. */
export const CreateHookRequest = HookConfig.extend({ secret: z.string().min(8).max(500).optional() }).meta({
  id: 'CreateHookRequest',
});
export type CreateHookRequest = z.infer<typeof CreateHookRequest>;

/** `GET /api/workflows/:id/webhooks`. */
export const WebhookReply = WebhookConfig.extend(about).meta({ id: 'WebhookReply' });
export type WebhookReply = z.infer<typeof WebhookReply>;
/** `PUT /api/workflows/:id/webhooks/:webhook`. */
export const ChangeWebhookRequest = withReadOnly(WebhookConfig, WebhookReply).meta({ id: 'ChangeWebhookRequest' });
export const WebhooksReply = z.object({ webhooks: z.array(WebhookReply) }).meta({ id: 'WebhooksReply' });
export const CreatedWebhookReply = WebhookReply.extend({ secret: z.string() }).meta({ id: 'CreatedWebhookReply' });
export type CreatedWebhookReply = z.infer<typeof CreatedWebhookReply>;

/** One thing that a webhook is told: waiting for its next try, received, or given up. */
export const Delivery = z
  .object({
    id: z.string(),
    webhook: z.string(),
    runId: z.string(),
    event: WebhookEvent,
    askId: z.string().optional(),
    status: z.enum(['waiting', 'sent', 'dead']),
    attempts: z.int().nonnegative(),
    createdAt: z.number(),
    nextAt: z.number().optional(),
    endedAt: z.number().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;
export const DeliveriesReply = z.object({ deliveries: z.array(Delivery) }).meta({ id: 'DeliveriesReply' });

/** `GET /api/workflows/:id/schedules`. */
export const ScheduleReply = ScheduleConfig.extend({
  ...about,
  /** The next times, epoch milliseconds; none while it is paused. */
  next: z.array(z.number()),
  lastAt: z.number().optional(),
  lastError: z.string().optional(),
  problems,
  /** When it runs, in plain English. */
  words: z.string(),
  /** What happens to it when clocks are changed within a year. */
  notes: z.array(z.string()),
}).meta({ id: 'ScheduleReply' });
export type ScheduleReply = z.infer<typeof ScheduleReply>;
/** `PUT /api/workflows/:id/schedules/:schedule`. */
export const ChangeScheduleRequest = withReadOnly(ScheduleConfig, ScheduleReply).meta({ id: 'ChangeScheduleRequest' });
export const SchedulesReply = z.object({ schedules: z.array(ScheduleReply) }).meta({ id: 'SchedulesReply' });

/** What becomes of each row of a batch. */
export const BatchCounts = z.object({
  waiting: z.int().nonnegative(),
  running: z.int().nonnegative(),
  done: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  cancelled: z.int().nonnegative(),
});
export type BatchCounts = z.infer<typeof BatchCounts>;

export const BatchConfig = z
  .strictObject({
    name: Name.default('Batch'),
    /** Runs at the same time. */
    concurrency: z.int().min(1).max(256).default(4),
    /** Input by column or member; left out, those of the same name. */
    columns: z.record(z.string(), z.string()).optional(),
    /** The version that every row runs; left out, the live one when it began. */
    version: z.int().positive().optional(),
    /** Strictest level that its download may carry. */
    ceiling: LabelLevel.default('internal'),
    /** Most that its runs may cost together, in $: it pauses before a row that comes after that. */
    budget: z.number().positive().optional(),
  })
  .prefault({})
  .meta({ id: 'BatchConfig' });
export type BatchConfig = z.infer<typeof BatchConfig>;
/** The same as somebody writes it. */
export const GivenBatchConfig = BatchConfig.unwrap().extend({ budget: GivenMoney.optional() });

/** `GET /api/workflows/:id/batches/:batch`. */
export const BatchReply = z
  .object({
    id: z.string(),
    workflowId: z.string(),
    owner: z.string(),
    createdAt: z.number(),
    name: z.string(),
    concurrency: z.int(),
    version: z.int(),
    ceiling: LabelLevel,
    budget: z.number().optional(),
    /** What its runs cost, in $; the ones before a retry too. */
    cost: z.number(),
    status: z.enum(['running', 'paused', 'cancelled', 'done']),
    /** Why it paused by itself, in words; of one that is done, what kept rows from their results that is no fault of theirs. */
    reason: z.string().optional(),
    /** The same as a code: `budget_exceeded`, `not_published`, `forbidden`, `storage_failed`, … */
    code: z.string().optional(),
    rows: BatchCounts,
    /** The job that works on it now: its progress is on the topic `jobs`. */
    jobId: z.string().optional(),
  })
  .meta({ id: 'BatchReply' });
export type BatchReply = z.infer<typeof BatchReply>;
export const BatchesReply = z.object({ batches: z.array(BatchReply) }).meta({ id: 'BatchesReply' });

export const BatchRow = z
  .object({
    number: z.int().positive(),
    status: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
    attempt: z.int().positive(),
    inputs: z.record(z.string(), z.unknown()),
    /** Left out where no run began. */
    runId: z.string().optional(),
    error: z.string().optional(),
    /** Why it has no result: the code of its error, `run_cancelled`, or `batch_cancelled` where the batch ended before it ran. */
    code: z.string().optional(),
  })
  .meta({ id: 'BatchRow' });
export type BatchRow = z.infer<typeof BatchRow>;
export const BatchRowsReply = z.object({ rows: z.array(BatchRow) }).meta({ id: 'BatchRowsReply' });

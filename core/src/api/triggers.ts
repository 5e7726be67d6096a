import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { GivenMoney } from './bounds.js';
import { BatchReply, Delivery, TimeZone } from './doors.js';

/** One message that a webhook was sent, or one time of a schedule: the run that it began, or why there is none. */
export const Arrival = z
  .object({
    /** Newer ones have higher numbers. */
    number: z.int().positive(),
    /** Epoch milliseconds. */
    at: z.number(),
    /** The delivery as its sender names it, or the time of the schedule in epoch milliseconds; `now` where a person began it. */
    key: z.string(),
    runId: z.string().optional(),
    /** Why no run began. */
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'Arrival' });
export type Arrival = z.infer<typeof Arrival>;
/** Newest first. */
export const ArrivalsReply = z.object({ arrivals: z.array(Arrival) }).meta({ id: 'ArrivalsReply' });

/** One try to hand a delivery over. */
export const DeliveryAttempt = z
  .object({
    at: z.number(),
    ms: z.number().nonnegative(),
    /** Left out where nobody answered. */
    status: z.int().optional(),
    /** The beginning of what was answered. */
    response: z.string().optional(),
    error: z.string().optional(),
  })
  .meta({ id: 'DeliveryAttempt' });
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;
/** `GET /api/workflows/:id/webhooks/:webhook/deliveries/:delivery`, the newest try first. */
export const DeliveryReply = Delivery.extend({ tries: z.array(DeliveryAttempt) }).meta({ id: 'DeliveryReply' });
export type DeliveryReply = z.infer<typeof DeliveryReply>;

/** A new secret: told this once. */
export const SecretReply = z.object({ secret: z.string() }).meta({ id: 'SecretReply' });
export type SecretReply = z.infer<typeof SecretReply>;
/** Body of `POST …/secret`; left out, a secret is made up. */
export const ChangeSecretRequest = z
  .strictObject({ secret: z.string().min(8).max(500).optional() })
  .prefault({})
  .meta({ id: 'ChangeSecretRequest' });
export type ChangeSecretRequest = z.infer<typeof ChangeSecretRequest>;

/** Body of `POST …/hooks/:hook/try`: what a sender would send; it is signed here. */
export const TryHookRequest = z.strictObject({ body: z.unknown() }).meta({ id: 'TryHookRequest' });
/** What a message began. */
export const HookReceived = z.object({ runId: z.string(), isReplay: z.boolean() }).meta({ id: 'HookReceived' });
export type HookReceived = z.infer<typeof HookReceived>;
/** What Slack wants said back when somebody gives it the address of a webhook. */
export const HookChallenge = z.object({ challenge: z.string() }).meta({ id: 'HookChallenge' });
export type HookChallenge = z.infer<typeof HookChallenge>;
/** What `POST /v1/hooks/:hook` answers. */
export const HookAnswer = z.union([HookReceived, HookChallenge]).meta({ id: 'HookAnswer' });
export type HookAnswer = z.infer<typeof HookAnswer>;

/** Body of `POST /api/workflows/:id/schedules/preview`. */
export const SchedulePreviewRequest = z
  .strictObject({ cron: z.string().trim().min(1).max(200), timeZone: TimeZone.default('UTC') })
  .meta({ id: 'SchedulePreviewRequest' });
/** When a schedule would run. */
export const SchedulePreview = z
  .object({
    /** In plain English. */
    words: z.string(),
    /** Epoch milliseconds. */
    next: z.array(z.number()),
    /** What happens to it when clocks are changed within a year. */
    notes: z.array(z.string()),
  })
  .meta({ id: 'SchedulePreview' });
export type SchedulePreview = z.infer<typeof SchedulePreview>;

/** A row that does not fit. */
const RowProblem = z.object({ row: z.int().positive(), message: z.string() });

/** What a batch would run: the rows are read and checked, and nothing begins. */
export const BatchPreview = z
  .object({
    version: z.int().positive(),
    rows: z.int().nonnegative(),
    /** Columns or members, as far as the first rows have them. */
    names: z.array(z.string()),
    inputs: z.array(z.object({ name: z.string(), type: z.string(), isRequired: z.boolean() })),
    /** Column by input: as given, or as the names let guess. */
    columns: z.record(z.string(), z.string()),
    first: z.array(z.object({ row: z.int().positive(), inputs: z.record(z.string(), z.unknown()) })),
    /** How many rows do not fit, and the first of them. */
    bad: z.int().nonnegative(),
    problems: z.array(RowProblem),
    /** What its outputs may carry at most, by the data map of the version. */
    level: LabelLevel,
  })
  .meta({ id: 'BatchPreview' });
export type BatchPreview = z.infer<typeof BatchPreview>;

/** Body of `POST …/batches/:batch/resume`: more money for a batch that spent its budget. */
export const ResumeBatchRequest = z
  .strictObject({ budget: GivenMoney.optional() })
  .prefault({})
  .meta({ id: 'ResumeBatchRequest' });
export type ResumeBatchRequest = z.infer<typeof ResumeBatchRequest>;

/** States of the topic `triggers:WORKFLOW`: a batch as it is, or a webhook or schedule of which something is new to be read. */
export const TriggerState = z.union([
  z.object({ batch: BatchReply }),
  z.object({ removed: z.string() }),
  z.object({ door: z.string() }),
]);
export type TriggerState = z.infer<typeof TriggerState>;

/**
 * What of a reply is its configuration: to change one setting of a webhook or schedule and send the rest back as it was.
 *
 * @example { ...configOf(HookConfig, hook), isPaused: true }
 */
export function configOf<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  reply: object,
): z.output<z.ZodObject<Shape>> {
  return schema.parse(Object.fromEntries(Object.entries(reply).filter(([name]) => Object.hasOwn(schema.shape, name))));
}

import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { GivenMoney } from './bounds.js';
import { BatchReply, Delivery, TimeZone } from './channels.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** One message to an incoming webhook, or one time of a schedule: the run that it started, or why it started none. */
export const Arrival = lazyObject(() => ({
  /** Newer ones have higher numbers. */
  number: z.int().positive(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** The sender's id of the delivery, or the time of the schedule in milliseconds since the epoch; `now` if a person started it. */
  key: z.string(),
  runId: z.string().optional(),
  /** Why no run started. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})).meta({ id: 'Arrival' });
export type Arrival = z.infer<typeof Arrival>;
/** The messages to a webhook or the times of a schedule, newest first. */
export const ArrivalsReply = z.object({ arrivals: z.array(Arrival) }).meta({ id: 'ArrivalsReply' });

/** One attempt to deliver a message. */
export const DeliveryAttempt = lazyObject(() => ({
  at: z.number(),
  ms: z.number().nonnegative(),
  /** Missing if there was no answer. */
  status: z.int().optional(),
  /** The start of the answer. */
  response: z.string().optional(),
  error: z.string().optional(),
})).meta({ id: 'DeliveryAttempt' });
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;
/** Reply of `GET /api/workflows/:id/webhooks/:webhook/deliveries/:delivery`, newest attempt first. */
export const DeliveryReply = Delivery.extend({ tries: z.array(DeliveryAttempt) }).meta({ id: 'DeliveryReply' });
export type DeliveryReply = z.infer<typeof DeliveryReply>;

/** A new secret. Only this reply contains it. */
export const SecretReply = z.object({ secret: z.string() }).meta({ id: 'SecretReply' });
export type SecretReply = z.infer<typeof SecretReply>;
/** Body of `POST …/secret`; without a secret, the server generates one. */
export const ChangeSecretRequest = z
  .strictObject({ secret: z.string().min(8).max(500).optional() })
  .prefault({})
  .meta({ id: 'ChangeSecretRequest' });
export type ChangeSecretRequest = z.infer<typeof ChangeSecretRequest>;

/** Body of `POST …/hooks/:hook/try`: the message of a sender. The server signs it. */
export const TryHookRequest = z.strictObject({ body: z.unknown() }).meta({ id: 'TryHookRequest' });
/** The run that a message started. */
export const HookReceived = lazyObject(() => ({ runId: z.string(), isReplay: z.boolean() })).meta({
  id: 'HookReceived',
});
export type HookReceived = z.infer<typeof HookReceived>;
/** The answer to Slack's check of a webhook address. */
export const HookChallenge = z.object({ challenge: z.string() }).meta({ id: 'HookChallenge' });
export type HookChallenge = z.infer<typeof HookChallenge>;
/** Reply of `POST /v1/hooks/:hook`. */
export const HookAnswer = z.union([HookReceived, HookChallenge]).meta({ id: 'HookAnswer' });
export type HookAnswer = z.infer<typeof HookAnswer>;

/** Body of `POST /api/workflows/:id/schedules/preview`. */
export const SchedulePreviewRequest = lazyStrictObject(() => ({
  cron: z.string().trim().min(1).max(200),
  timeZone: TimeZone.default('UTC'),
})).meta({ id: 'SchedulePreviewRequest' });
/** The next times of a schedule. */
export const SchedulePreview = lazyObject(() => ({
  /** In plain English. */
  words: z.string(),
  /** Milliseconds since the epoch. */
  next: z.array(z.number()),
  /** How the next clock changes within a year affect it. */
  notes: z.array(z.string()),
})).meta({ id: 'SchedulePreview' });
export type SchedulePreview = z.infer<typeof SchedulePreview>;

/** A row with a problem. */
const RowProblem = lazyObject(() => ({ row: z.int().positive(), message: z.string() }));

/** A preview of a batch: the rows are read and checked, but nothing starts. */
export const BatchPreview = lazyObject(() => ({
  version: z.int().positive(),
  rows: z.int().nonnegative(),
  /** Columns or members of the first rows. */
  names: z.array(z.string()),
  inputs: z.array(z.object({ name: z.string(), type: z.string(), isRequired: z.boolean() })),
  /** Column by input: as given, otherwise guessed from the names. */
  columns: z.record(z.string(), z.string()),
  first: z.array(z.object({ row: z.int().positive(), inputs: z.record(z.string(), z.unknown()) })),
  /** Number of rows with a problem, and the first of them. */
  bad: z.int().nonnegative(),
  problems: z.array(RowProblem),
  /** The highest label of its outputs, from the data map of the version. */
  level: LabelLevel,
})).meta({ id: 'BatchPreview' });
export type BatchPreview = z.infer<typeof BatchPreview>;

/** Body of `POST …/batches/:batch/resume`: more money for a batch whose budget is spent. */
export const ResumeBatchRequest = z
  .strictObject({ budget: GivenMoney.optional() })
  .prefault({})
  .meta({ id: 'ResumeBatchRequest' });
export type ResumeBatchRequest = z.infer<typeof ResumeBatchRequest>;

/** A state of the topic `triggers:WORKFLOW`: a batch, or the id of a webhook or schedule that changed. */
export const TriggerState = z.union([
  z.object({ batch: BatchReply }),
  z.object({ removed: z.string() }),
  z.object({ channel: z.string() }),
]);
export type TriggerState = z.infer<typeof TriggerState>;

/**
 * The configuration fields of a reply, to change one setting of a webhook or schedule and send the rest back.
 *
 * @example { ...configOf(HookConfig, hook), isPaused: true }
 */
export function configOf<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  reply: object,
): z.output<z.ZodObject<Shape>> {
  return schema.parse(Object.fromEntries(Object.entries(reply).filter(([name]) => Object.hasOwn(schema.shape, name))));
}

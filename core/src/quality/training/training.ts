import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/**
 * The formats of training sets. `openai`: chats as JSON lines, with `messages` alone. `messages`: the same for TRL and PEFT, with where each
 * comes from. `preferences`: `prompt`, `chosen` and `rejected`, for DPO.
 */
export const TrainingFormat = z.enum(['openai', 'messages', 'preferences']).meta({ id: 'TrainingFormat' });
export type TrainingFormat = z.infer<typeof TrainingFormat>;

/** Body of `POST /api/workflows/:id/training-set`. */
export const TrainingSetRequest = lazyStrictObject(() => ({
  format: TrainingFormat.default('openai'),
  /** The highest level of a run in the set. */
  clearance: LabelLevel.default('internal'),
  /** Runs accepted from this time on (milliseconds since the epoch). */
  since: z.number().nonnegative().optional(),
  /** Runs accepted before this time. */
  until: z.number().nonnegative().optional(),
  /** `corrected`: only what people corrected. `good`: also answers that people found good. */
  answers: z.enum(['corrected', 'good']).default('good'),
  /** Stands first in each chat. */
  system: z.string().trim().min(1).max(20_000).optional(),
  limit: z.int().min(1).max(20_000).default(10_000),
})).meta({ id: 'TrainingSetRequest' });
export type TrainingSetRequest = z.infer<typeof TrainingSetRequest>;

/** Why runs with feedback are not in a training set. */
export const TrainingLeftOut = lazyObject(() => ({
  /** Their caller did not consent when the run began. */
  consent: z.int().nonnegative(),
  /** Above the clearance. */
  label: z.int().nonnegative(),
  /** Removed, failed, or without values. */
  gone: z.int().nonnegative(),
  /** Neither corrected nor good, or the two runs of a pair were asked different things. */
  unfit: z.int().nonnegative(),
  /** The same as another example. */
  same: z.int().nonnegative(),
})).meta({ id: 'TrainingLeftOut' });
export type TrainingLeftOut = z.infer<typeof TrainingLeftOut>;

/** Reply of `POST /api/workflows/:id/training-set`: the file, and the card that describes it. */
export const TrainingSetReply = lazyObject(() => ({
  format: TrainingFormat,
  examples: z.int().nonnegative(),
  leftOut: TrainingLeftOut,
  /** SHA-256 of the content, in hex. */
  sha256: z.string(),
  /** JSON lines. */
  content: z.string(),
  /** Markdown: sources, counts, labels, dates, filters, hashes. */
  card: z.string(),
})).meta({ id: 'TrainingSetReply' });
export type TrainingSetReply = z.infer<typeof TrainingSetReply>;

/** Body of `POST /api/workflows/:id/training-consent`. */
export const TrainingConsentRequest = lazyStrictObject(() => ({
  /** A share link of the workflow; without it, all other callers. */
  share: z.string().min(1).max(200).optional(),
  isGiven: z.boolean(),
})).meta({ id: 'TrainingConsentRequest' });
export type TrainingConsentRequest = z.infer<typeof TrainingConsentRequest>;

/**
 * Since when callers consent that their runs train models (milliseconds since the epoch): callers of a workflow, and users of its share links.
 * Earlier runs are never used. Missing: no consent.
 */
export const TrainingConsentReply = lazyObject(() => ({
  workflow: z.number().optional(),
  shares: z.record(z.string(), z.number()),
})).meta({ id: 'TrainingConsentReply' });
export type TrainingConsentReply = z.infer<typeof TrainingConsentReply>;

/** Consent of callers. The subject is `workflow:ID` or `share:ID`. Errors: `storage_*`. */
export interface TrainingConsents {
  /** Since when; undefined without consent. */
  since(subject: string): Promise<number | undefined>;
  /** Keeps an earlier time that still counts. */
  give(subject: string): readonly GuardedWrite[];
  withdraw(subject: string): readonly GuardedWrite[];
}

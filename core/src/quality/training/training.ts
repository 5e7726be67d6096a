import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/**
 * Formats of training sets. `openai`: chats as JSON lines that contain only `messages`. `messages`: the same for TRL and PEFT, with the
 * origin of each chat. `preferences`: `prompt`, `chosen` and `rejected`, for DPO.
 */
export const TrainingFormat = z.enum(['openai', 'messages', 'preferences']).meta({ id: 'TrainingFormat' });
export type TrainingFormat = z.infer<typeof TrainingFormat>;

/** Body of `POST /api/workflows/:id/training-set`. */
export const TrainingSetRequest = lazyStrictObject(() => ({
  format: TrainingFormat.default('openai'),
  /** The highest level of runs in the set. */
  clearance: LabelLevel.default('internal'),
  /** Only runs accepted from this time on (epoch milliseconds). */
  since: z.number().nonnegative().optional(),
  /** Only runs accepted before this time. */
  until: z.number().nonnegative().optional(),
  /** `corrected`: only answers that people corrected. `good`: also answers that people rated as good. */
  answers: z.enum(['corrected', 'good']).default('good'),
  /** The system message at the start of each chat. */
  system: z.string().trim().min(1).max(20_000).optional(),
  limit: z.int().min(1).max(20_000).default(10_000),
})).meta({ id: 'TrainingSetRequest' });
export type TrainingSetRequest = z.infer<typeof TrainingSetRequest>;

/** The number of runs with feedback that are not in the training set, by reason. */
export const TrainingLeftOut = lazyObject(() => ({
  /** The caller had not consented when the run started. */
  consent: z.int().nonnegative(),
  /** Above the clearance. */
  label: z.int().nonnegative(),
  gone: z.int().nonnegative(),
  /** Neither corrected nor rated as good, or the two runs of a pair had different inputs. */
  unfit: z.int().nonnegative(),
  /** Identical to another example. */
  same: z.int().nonnegative(),
})).meta({ id: 'TrainingLeftOut' });
export type TrainingLeftOut = z.infer<typeof TrainingLeftOut>;

/** Reply of `POST /api/workflows/:id/training-set`: the file and its card. */
export const TrainingSetReply = lazyObject(() => ({
  format: TrainingFormat,
  examples: z.int().nonnegative(),
  leftOut: TrainingLeftOut,
  /** SHA-256 of the content, in hex. */
  sha256: z.string(),
  /** JSON lines. */
  content: z.string(),
  /** Markdown with sources, counts, labels, dates, filters and hashes. */
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
 * Since when callers consent to the use of their runs for training (epoch milliseconds): callers of a workflow, and users of its share
 * links. Earlier runs are never used. Missing: no consent.
 */
export const TrainingConsentReply = lazyObject(() => ({
  workflow: z.number().optional(),
  shares: z.record(z.string(), z.number()),
})).meta({ id: 'TrainingConsentReply' });
export type TrainingConsentReply = z.infer<typeof TrainingConsentReply>;

/** Stores the consent of callers. The subject is `workflow:ID` or `share:ID`. Errors: `storage_*`. */
export interface TrainingConsents {
  /** Returns since when consent exists; undefined without consent. */
  since(subject: string): Promise<number | undefined>;
  /** An earlier start time is kept if that consent is still valid. */
  give(subject: string): readonly GuardedWrite[];
  withdraw(subject: string): readonly GuardedWrite[];
}

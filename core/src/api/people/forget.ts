import { z } from 'zod';
import { AssignConversationRequest } from '../conversations.js';
import { lazyObject } from '../../values/lazy-object.js';

/** Body of `POST /api/people/forget`. */
export const ForgetRequest = z
  .object({ subject: AssignConversationRequest.shape.subject })
  .meta({ id: 'ForgetRequest' });
export type ForgetRequest = z.infer<typeof ForgetRequest>;

const count = z.int().nonnegative();

/** What was erased of a person, by kind. */
export const ForgottenCounts = lazyObject(() => ({
  conversations: count,
  turns: count,
  /** Long-term facts. */
  facts: count,
  /** What the person said about answers, and what others said about the answers to them. */
  feedback: count,
  /** The person's runs, with those that repeat, resume or replay one of them. */
  runs: count,
  /** Runs that were ended first. */
  ended: count,
  /** Kept contents of model calls. */
  contents: count,
  /** Originals of uploads and stored values that nothing else names. */
  files: count,
  /** Results in caches of the workflows that ran. */
  cachedResults: count,
  /** Rows of batches, deliveries, scores, samples, annotations, results of experiments and replays that were made of these runs. */
  traces: count,
})).meta({ id: 'ForgottenCounts' });
export type ForgottenCounts = z.infer<typeof ForgottenCounts>;

/** Reply of `POST /api/people/forget`. */
export const ForgottenReply = lazyObject(() => ({
  erased: ForgottenCounts,
  /** What this does not reach, in words. */
  remains: z.array(z.string()),
})).meta({ id: 'ForgottenReply' });
export type ForgottenReply = z.infer<typeof ForgottenReply>;

import { z } from 'zod';
import { AssignConversationRequest } from '../conversations.js';
import { lazyObject } from '../../values/lazy-object.js';

/** Body of `POST /api/people/forget`. */
export const ForgetRequest = z
  .object({ subject: AssignConversationRequest.shape.subject })
  .meta({ id: 'ForgetRequest' });
export type ForgetRequest = z.infer<typeof ForgetRequest>;

const count = z.int().nonnegative();

/** How much of a person's data was erased, by kind. */
export const ForgottenCounts = lazyObject(() => ({
  conversations: count,
  turns: count,
  /** Long-term facts. */
  facts: count,
  /** Feedback by the person, and feedback by others on answers to the person. */
  feedback: count,
  /** The person's runs, including runs that repeat, resume or replay one of them. */
  runs: count,
  /** Runs that were still going and were ended first. */
  ended: count,
  /** Stored contents of model calls. */
  contents: count,
  /** Originals of uploads and stored values that nothing else refers to. */
  files: count,
  /** Cached results of the workflows that ran. */
  cachedResults: count,
  /** Rows of batches, deliveries, scores, samples, annotations, and results of experiments and replays that come from these runs. */
  traces: count,
})).meta({ id: 'ForgottenCounts' });
export type ForgottenCounts = z.infer<typeof ForgottenCounts>;

/** Reply of `POST /api/people/forget`. */
export const ForgottenReply = lazyObject(() => ({
  erased: ForgottenCounts,
  /** What the erasure does not reach, as text. */
  remains: z.array(z.string()),
})).meta({ id: 'ForgottenReply' });
export type ForgottenReply = z.infer<typeof ForgottenReply>;

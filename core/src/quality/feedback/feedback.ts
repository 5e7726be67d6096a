import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** Maximum length of a corrected answer as JSON, in characters. */
export const mostCorrection = 200_000;

const Correction = z.unknown().refine((value) => (JSON.stringify(value) ?? '').length <= mostCorrection, {
  error: `At most ${mostCorrection} characters as JSON`,
});

/** A thumb up or down. */
export const Thumb = z.enum(['up', 'down']);
export type Thumb = z.infer<typeof Thumb>;

const verdict = {
  thumb: Thumb.optional(),
  /** 1 is the worst, 5 the best. */
  rating: z.int().min(1).max(5).optional(),
  /** 0 is the worst, 1 the best. */
  score: z.number().min(0).max(1).optional(),
};

const saysOneVerdict = ({ thumb, rating, score }: AnswerVerdict): boolean =>
  [thumb, rating, score].filter((value) => value !== undefined).length <= 1;

const saysSomething = (given: AnswerVerdict & { comment?: string | undefined; correction?: unknown }): boolean =>
  [given.thumb, given.rating, given.score, given.comment, given.correction].some((value) => value !== undefined);

/** A verdict on an answer: a thumb, a rating or a score. */
export interface AnswerVerdict {
  readonly thumb?: Thumb | undefined;
  readonly rating?: number | undefined;
  readonly score?: number | undefined;
}

const oneVerdict = { error: 'Give one of thumb, rating and score' };
const something = { error: 'Give a thumb, a rating, a score, a comment or a corrected answer' };

/**
 * Body of `POST /v1/runs/:id/feedback` and `POST /api/runs/:id/feedback`. It replaces earlier feedback of the same person on the same
 * answer. Without a model, it counts for each model that wrote in the run.
 */
export const FeedbackRequest = lazyObject(() => ({
  ...verdict,
  comment: z.string().trim().min(1).max(10_000).optional(),
  /** The corrected answer: a text, or the value of the output. */
  correction: Correction.optional(),
  model: z.string().max(256).optional(),
  /** The rated output, or `OUTPUT/N` for message N (from 0) of an output with messages. Without it, the whole answer is rated. */
  message: z.string().min(1).max(200).optional(),
}))
  .refine(saysOneVerdict, oneVerdict)
  .refine(saysSomething, something)
  .meta({ id: 'FeedbackRequest' });
export type FeedbackRequest = z.infer<typeof FeedbackRequest>;

/** Feedback from a user of a share page. */
export const SharedFeedback = lazyStrictObject(() => ({
  thumb: verdict.thumb,
  rating: verdict.rating,
  comment: z.string().trim().min(1).max(2_000).optional(),
  correction: z.string().trim().min(1).max(20_000).optional(),
}))
  .refine(saysOneVerdict, oneVerdict)
  .refine(saysSomething, something)
  .meta({ id: 'SharedFeedback' });
export type SharedFeedback = z.infer<typeof SharedFeedback>;

/** Feedback on a run without the person who gave it. */
export const OwnFeedback = lazyObject(() => ({
  ...verdict,
  comment: z.string().optional(),
  correction: z.unknown().optional(),
  message: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
})).meta({ id: 'OwnFeedback' });
export type OwnFeedback = z.infer<typeof OwnFeedback>;

/** Feedback on a run with the person who gave it. */
export const GivenFeedback = OwnFeedback.extend({
  /** `Principal.id`; for an end user of a key or a link, followed by a space and their subject. */
  who: z.string(),
  isOwn: z.boolean(),
  /** The level of the run, because comment and correction may repeat its contents. */
  label: LabelLevel,
}).meta({ id: 'GivenFeedback' });
export type GivenFeedback = z.infer<typeof GivenFeedback>;

/** Reply of `GET /api/runs/:id/feedback`, newest first, with the names of people. */
export const FeedbackReply = lazyObject(() => ({
  feedback: z.array(GivenFeedback),
  names: z.record(z.string(), z.string()),
})).meta({ id: 'FeedbackReply' });
export type FeedbackReply = z.infer<typeof FeedbackReply>;

/** Reply of `GET /v1/runs/:id/feedback`: the caller's own feedback. */
export const OwnFeedbackReply = z.object({ feedback: z.array(OwnFeedback) }).meta({ id: 'OwnFeedbackReply' });
export type OwnFeedbackReply = z.infer<typeof OwnFeedbackReply>;

/** The feedback totals of a run in a list. */
export const FeedbackTotals = lazyObject(() => ({
  count: z.int().nonnegative(),
  good: z.int().nonnegative(),
  bad: z.int().nonnegative(),
  /** Mean of all verdicts, 0 to 1. */
  mean: z.number().optional(),
  comments: z.int().nonnegative(),
  corrections: z.int().nonnegative(),
})).meta({ id: 'FeedbackTotals' });
export type FeedbackTotals = z.infer<typeof FeedbackTotals>;

/** Filters runs by their feedback. `good` is above the middle, `bad` below. */
export const FeedbackFilter = z.enum(['any', 'good', 'bad', 'comment', 'correction']).meta({ id: 'FeedbackFilter' });
export type FeedbackFilter = z.infer<typeof FeedbackFilter>;

/** Converts a verdict to a score from 0 to 1; undefined without a verdict. @example scoreOf({ rating: 4 }) // 0.75 */
export function scoreOf({ thumb, rating, score }: AnswerVerdict): number | undefined {
  if (rating !== undefined) return (rating - 1) / 4;
  if (thumb !== undefined) return thumb === 'up' ? 1 : 0;
  return score;
}

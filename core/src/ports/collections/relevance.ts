import { z } from 'zod';

/** How a collection decides that a question has no answer in its documents. */
export const RelevanceSetting = z
  .strictObject({
    /** `calibrated`: the threshold computed from the collection's own passages. `manual`: `minimum`. `off`: no threshold. */
    mode: z.enum(['calibrated', 'manual', 'off']),
    /** For `manual`: the lowest relevance of a question that is answered. */
    minimum: z.number().min(0).max(1).optional(),
  })
  .refine(({ mode, minimum }) => mode !== 'manual' || minimum !== undefined, {
    error: 'The mode manual needs a minimum from 0 to 1.',
    path: ['minimum'],
  })
  .meta({ id: 'RelevanceSetting' });
export type RelevanceSetting = z.infer<typeof RelevanceSetting>;

/** A logistic model, and what it gives for the questions that it was made from, in ascending order. */
export const RelevanceModel = z
  .object({
    bias: z.number(),
    /** Weight of the best semantic similarity. */
    dense: z.number(),
    /** Weight of the share of the question's terms in one passage. */
    coverage: z.number(),
    /** The calibrated threshold. */
    minimum: z.number().min(0).max(1),
    /** Relevance of questions made from sentences of the collection. */
    answered: z.array(z.number()),
    /** Of the same questions without the document of the sentence. */
    near: z.array(z.number()),
    /** Of questions about other topics. */
    others: z.array(z.number()),
  })
  .meta({ id: 'RelevanceModel' });
export type RelevanceModel = z.infer<typeof RelevanceModel>;

/** The calibration of a collection for one kind of search, stored with it. */
export const RelevanceCalibration = z
  .object({
    version: z.literal(1),
    /** Epoch milliseconds. */
    time: z.number(),
    /** When the index was made that it is for. */
    index: z.number(),
    /** Passages of the collection at that time. */
    passages: z.int().nonnegative(),
    /** Languages of its passages, the most frequent first. */
    languages: z.array(z.string()),
    /** The share of the passages that hold a term, of frequent terms only. */
    shares: z.record(z.string(), z.number()),
    /** The share of every other term. */
    leastShare: z.number(),
    /** For searches by embedding, from similarity and words. */
    combined: RelevanceModel.optional(),
    /** From similarity alone: for a question that shares no word with the passages, such as one in another language. */
    dense: RelevanceModel.optional(),
    /** From words alone: for keyword search. */
    lexical: RelevanceModel.optional(),
  })
  .meta({ id: 'RelevanceCalibration' });
export type RelevanceCalibration = z.infer<typeof RelevanceCalibration>;

/** What a threshold does to the questions of the calibration. */
export const RelevanceEstimate = z
  .object({
    minimum: z.number(),
    /** Share of answerable questions that are refused. */
    lost: z.number(),
    /** Share of questions about other topics that are refused. */
    refused: z.number(),
    /** Share of questions about the topic that no other document answers, which are refused. */
    refusedNear: z.number(),
  })
  .meta({ id: 'RelevanceEstimate' });
export type RelevanceEstimate = z.infer<typeof RelevanceEstimate>;

/** The threshold of a collection, and what it was computed from. */
export const CollectionRelevance = z
  .object({
    setting: RelevanceSetting,
    /** When and from how many passages the threshold was computed; missing before the first question. */
    calibrated: z.object({ time: z.number(), passages: z.int().nonnegative(), questions: z.int() }).optional(),
    /** The threshold in effect of hybrid and semantic search, and what others would do. */
    inEffect: RelevanceEstimate.optional(),
    estimates: z.array(RelevanceEstimate),
  })
  .meta({ id: 'CollectionRelevance' });
export type CollectionRelevance = z.infer<typeof CollectionRelevance>;

/** What a threshold does to the questions that a model was made from. */
export function estimateOf(model: RelevanceModel, minimum: number): RelevanceEstimate {
  const below = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.filter((value) => value < minimum).length / values.length;
  return { minimum, lost: below(model.answered), refused: below(model.others), refusedNear: below(model.near) };
}

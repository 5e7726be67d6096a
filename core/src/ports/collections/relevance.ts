import { z } from 'zod';

/** How a collection decides that a question has no answer in its documents. */
export const RelevanceSetting = z
  .strictObject({
    /**
     * `calibrated`: the threshold is computed from the collection's own passages. `manual`: the threshold is `minimum`. `off`: there is no
     * threshold.
     */
    mode: z.enum(['calibrated', 'manual', 'off']),
    /** For `manual`: a question with a lower relevance gets no answer. */
    minimum: z.number().min(0).max(1).optional(),
  })
  .refine(({ mode, minimum }) => mode !== 'manual' || minimum !== undefined, {
    error: 'The mode manual needs a minimum from 0 to 1.',
    path: ['minimum'],
  })
  .meta({ id: 'RelevanceSetting' });
export type RelevanceSetting = z.infer<typeof RelevanceSetting>;

/** A logistic model of relevance, and the relevance that it gives to the questions of its calibration. The lists are in ascending order. */
export const RelevanceModel = z
  .object({
    bias: z.number(),
    /** Weight of the best semantic similarity. */
    dense: z.number(),
    /** Weight of coverage: the share of the question's terms that one passage contains. */
    coverage: z.number(),
    minimum: z.number().min(0).max(1),
    /** Relevance of questions that were made from sentences of the collection. */
    answered: z.array(z.number()),
    /** Relevance of the same questions when the document of the sentence is left out. */
    near: z.array(z.number()),
    /** Relevance of questions about other topics. */
    others: z.array(z.number()),
  })
  .meta({ id: 'RelevanceModel' });
export type RelevanceModel = z.infer<typeof RelevanceModel>;

/** The calibration of a collection, stored with the collection. */
export const RelevanceCalibration = z
  .object({
    version: z.literal(1),
    /** Epoch milliseconds. */
    time: z.number(),
    /** When the index that this calibration belongs to was made (epoch milliseconds). */
    index: z.number(),
    /** Number of passages in the collection at that time. */
    passages: z.int().nonnegative(),
    /** Languages of the passages, the most frequent first. */
    languages: z.array(z.string()),
    /** For each frequent term, the share of the passages that contain it. */
    shares: z.record(z.string(), z.number()),
    /** The share that is assumed for every other term. */
    leastShare: z.number(),
    /** For searches with an embedding: uses similarity and words. */
    combined: RelevanceModel.optional(),
    /** Uses similarity alone, for a question that shares no word with the passages, such as one in another language. */
    dense: RelevanceModel.optional(),
    /** Uses words alone, for keyword search. */
    lexical: RelevanceModel.optional(),
  })
  .meta({ id: 'RelevanceCalibration' });
export type RelevanceCalibration = z.infer<typeof RelevanceCalibration>;

/** How a threshold affects the questions of the calibration. */
export const RelevanceEstimate = z
  .object({
    minimum: z.number(),
    /** Share of the answerable questions that are refused. */
    lost: z.number(),
    /** Share of the questions about other topics that are refused. */
    refused: z.number(),
    /** Share of the on-topic questions without an answer that are refused (see `RelevanceModel.near`). */
    refusedNear: z.number(),
  })
  .meta({ id: 'RelevanceEstimate' });
export type RelevanceEstimate = z.infer<typeof RelevanceEstimate>;

/** The threshold of a collection, and what it was computed from. */
export const CollectionRelevance = z
  .object({
    setting: RelevanceSetting,
    /**
     * When the threshold was computed and from how many passages; missing before the first question. Only callers who may change the
     * collection see the number of passages.
     */
    calibrated: z
      .object({ time: z.number(), passages: z.int().nonnegative().optional(), questions: z.int() })
      .optional(),
    /** The estimate for the current threshold of hybrid and semantic search; `estimates` holds those of other thresholds. */
    inEffect: RelevanceEstimate.optional(),
    estimates: z.array(RelevanceEstimate),
  })
  .meta({ id: 'CollectionRelevance' });
export type CollectionRelevance = z.infer<typeof CollectionRelevance>;

/** Estimates how a threshold affects the questions of a model's calibration. */
export function estimateOf(model: RelevanceModel, minimum: number): RelevanceEstimate {
  const below = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.filter((value) => value < minimum).length / values.length;
  return { minimum, lost: below(model.answered), refused: below(model.others), refusedNear: below(model.near) };
}

import { z } from 'zod';
import type { LabelLevel } from '../../labels/label.js';
import { lazyObject } from '../../values/lazy-object.js';

/** The value of one metric for one finished run in production, given by a monitor. */
export const RunScore = lazyObject(() => ({
  runId: z.string(),
  /** The monitor that had the run judged. */
  monitorId: z.string(),
  /** The name of the metric, such as `groundedness` or `judge.helpful`. */
  metric: z.string(),
  /** In the unit of the metric; missing where the answer could not be judged. Missing is not 0. */
  value: z.number().optional(),
  /** Whether the value is on the good side of its metric; missing for time, tokens and money, and where there is no value. */
  isPassed: z.boolean().optional(),
  /** Why, in one sentence for people. Its label is that of the run. */
  explanation: z.string(),
  /** Why there is no value. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** What judging cost, in USD. */
  cost: z.number().nonnegative(),
  tokens: z.int().nonnegative(),
  /** Epoch milliseconds. */
  judgedAt: z.number(),
})).meta({ id: 'RunScore' });
export type RunScore = z.infer<typeof RunScore>;

/** A score with what is known of its run. */
export interface StoredScore extends RunScore {
  /** Grows with each score that is stored: readers continue after the last one they saw. */
  readonly number: number;
  readonly project: string;
  readonly workflow: string;
  /** The published version that ran; undefined for drafts. */
  readonly version: number | undefined;
  /** The label of what was judged. */
  readonly label: LabelLevel;
}

/** A score that is to be stored. */
export interface NewScore extends Omit<StoredScore, 'number'> {
  /** Keys of what the run wrote into conversations: the score goes with them. */
  readonly batches?: readonly string[];
}

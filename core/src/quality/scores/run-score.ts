import { z } from 'zod';
import type { LabelLevel } from '../../labels/label.js';
import { lazyObject } from '../../values/lazy-object.js';

/** The value of one metric for one finished run in production, given by a monitor. */
export const RunScore = lazyObject(() => ({
  runId: z.string(),
  monitorId: z.string(),
  /** For example `groundedness` or `judge.helpful`. */
  metric: z.string(),
  /** In the unit of the metric; missing if the answer could not be judged. A missing value is not 0. */
  value: z.number().optional(),
  /** Whether the value passes; missing for time, tokens and money, and without a value. */
  isPassed: z.boolean().optional(),
  /** Explains the value in one sentence. It has the label of the run. */
  explanation: z.string(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Cost of judging, in USD. */
  cost: z.number().nonnegative(),
  tokens: z.int().nonnegative(),
  /** Epoch milliseconds. */
  judgedAt: z.number(),
})).meta({ id: 'RunScore' });
export type RunScore = z.infer<typeof RunScore>;

/** A stored score with facts about its run. */
export interface StoredScore extends RunScore {
  /** Increases with each stored score, so that readers can continue after the last one they have read. */
  readonly number: number;
  readonly project: string;
  readonly workflow: string;
  /** The published version of the run; undefined for drafts. */
  readonly version: number | undefined;
  /** The label of the judged values. */
  readonly label: LabelLevel;
}

/** A score to store. */
export interface NewScore extends Omit<StoredScore, 'number'> {
  /** Keys of the conversation messages that the run wrote. Erasing those messages removes the score. */
  readonly batches?: readonly string[];
}

import { z } from 'zod';
import { lazyObject } from '../../values/lazy-object.js';

/** A kind of data that can drift. */
export const DriftKind = z
  .enum(['inputs', 'retrieval', 'refusals', 'input-length', 'answer-length', 'routes'])
  .meta({ id: 'DriftKind' });
export type DriftKind = z.infer<typeof DriftKind>;

/** One comparison of the current runs with the reference runs. */
export const DriftFinding = lazyObject(() => ({
  kind: DriftKind,
  /** Number of reference runs (`referenceRuns`) and current runs (`currentRuns`) that were compared. */
  referenceRuns: z.int().nonnegative(),
  currentRuns: z.int().nonnegative(),
  /** Energy distance, Kolmogorov–Smirnov distance, or chi-square. */
  statistic: z.number(),
  /** The p-value, corrected for the kinds that were compared together. */
  p: z.number(),
  isDrifted: z.boolean(),
  /**
   * The figure of the reference runs (`before`) and the current runs (`now`): a median for lengths and scores, a share for refusals and for
   * the choice that changed most. Missing for inputs.
   */
  before: z.number().optional(),
  now: z.number().optional(),
  /** The choice that changed most: the skipped nodes, or an empty text if none were skipped. */
  route: z.string().optional(),
  /** Since when the runs have differed without interruption, in epoch milliseconds. */
  since: z.number().optional(),
  /** Ids of up to five current runs that show the difference. */
  examples: z.array(z.string()),
})).meta({ id: 'DriftFinding' });
export type DriftFinding = z.infer<typeof DriftFinding>;

/** The data of a run that is stored for comparisons. It has the label of the run and is removed together with the run's values. */
export interface DriftSample {
  readonly runId: string;
  /** Embedding of the first input text, if a local embedding model is available. */
  readonly vector?: Float32Array;
  readonly inputLength: number;
  /** Missing if the run gave no answer; `isRefused` then too. */
  readonly answerLength?: number;
  /** The score of the best passage; missing if nothing was retrieved. */
  readonly topScore?: number;
  readonly isRefused?: boolean;
  readonly route: string;
}

import { z } from 'zod';
import { lazyObject } from '../../values/lazy-object.js';

/** What can drift. */
export const DriftKind = z
  .enum(['inputs', 'retrieval', 'refusals', 'input-length', 'answer-length', 'routes'])
  .meta({ id: 'DriftKind' });
export type DriftKind = z.infer<typeof DriftKind>;

/** One comparison of the current runs with the reference runs. */
export const DriftFinding = lazyObject(() => ({
  kind: DriftKind,
  /** Runs that were compared. */
  referenceRuns: z.int().nonnegative(),
  currentRuns: z.int().nonnegative(),
  /** Energy distance, largest difference of distribution functions, or chi-square. */
  statistic: z.number(),
  /** The p-value, corrected for the kinds that were compared at the same time. */
  p: z.number(),
  isDrifted: z.boolean(),
  /** Medians of lengths and scores, shares of refusals and of the choice that changed most; missing for inputs. */
  before: z.number().optional(),
  now: z.number().optional(),
  /** The choice that changed most: the nodes that were skipped, or an empty text where none was. */
  route: z.string().optional(),
  /** Since when it differs without a break, in epoch milliseconds. */
  since: z.number().optional(),
  /** Ids of up to five current runs that show the difference. */
  examples: z.array(z.string()),
})).meta({ id: 'DriftFinding' });
export type DriftFinding = z.infer<typeof DriftFinding>;

/** What is kept of a run for comparisons. It has the label of the run, and goes with its values. */
export interface DriftSample {
  readonly runId: string;
  /** The first input text as an embedding, where there is a local model for it. */
  readonly vector?: Float32Array;
  readonly inputLength: number;
  /** Missing where the run gave no answer; the same for `isRefused`. */
  readonly answerLength?: number;
  /** The score of the best passage; missing where nothing was retrieved. */
  readonly topScore?: number;
  readonly isRefused?: boolean;
  /** The nodes that were skipped. */
  readonly route: string;
}

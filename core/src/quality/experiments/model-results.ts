import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { ModelState } from '../../ports/models/models.js';
import { MetricInfo } from '../evaluators/evaluator.js';
import { lazyObject } from '../../values/lazy-object.js';

/** The result of a variant that uses a model, in one metric of an experiment. */
export const ModelResult = lazyObject(() => ({
  experiment: z.object({ id: z.string(), name: z.string() }),
  variant: z.object({ id: z.string(), name: z.string() }),
  dataset: z.object({ id: z.string(), name: z.string(), version: z.int() }),
  /** The strictest label of its rows. */
  label: LabelLevel,
  /** Epoch milliseconds. */
  measuredAt: z.number(),
  metric: MetricInfo,
  mean: z.number(),
  /** 95 % bootstrap interval over rows; missing for a single row. */
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
  /** Number of rows with a value (`rows`) and without one (`missing`). */
  rows: z.int().nonnegative(),
  missing: z.int().nonnegative(),
})).meta({ id: 'ModelResult' });
export type ModelResult = z.infer<typeof ModelResult>;

/** What our own runs show about a model. */
export const ModelReport = lazyObject(() => ({
  id: z.string(),
  /** Its catalogue entry, state and measured speed on this machine; missing for models of connections. */
  model: ModelState.optional(),
  /** Latency of its latest successful calls. */
  latency: z
    .object({
      samples: z.int().nonnegative(),
      p50: z.number(),
      p95: z.number(),
      firstTokenP50: z.number().optional(),
    })
    .optional(),
  /** Results of experiments that the caller may read, newest first. */
  results: z.array(ModelResult),
  hasMore: z.boolean(),
})).meta({ id: 'ModelReport' });
export type ModelReport = z.infer<typeof ModelReport>;

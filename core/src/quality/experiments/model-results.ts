import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { ModelState } from '../../ports/models/models.js';
import { MetricInfo } from '../evaluators/evaluator.js';
import { lazyObject } from '../../values/lazy-object.js';

/** What an experiment measured of a variant that uses a model, by one metric. */
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
  /** 95 %, by the bootstrap over rows; missing for one row. */
  interval: z.object({ low: z.number(), high: z.number() }).optional(),
  /** Rows with a value, and those without. */
  rows: z.int().nonnegative(),
  missing: z.int().nonnegative(),
})).meta({ id: 'ModelResult' });
export type ModelResult = z.infer<typeof ModelResult>;

/** What is known of a model from our own runs. */
export const ModelReport = lazyObject(() => ({
  id: z.string(),
  /** Its entry and state on this machine, with its measured speed; missing for models of connections. */
  model: ModelState.optional(),
  /** Over its latest calls that ended well. */
  latency: z
    .object({
      samples: z.int().nonnegative(),
      p50: z.number(),
      p95: z.number(),
      firstTokenP50: z.number().optional(),
    })
    .optional(),
  /** Newest first, of experiments that the caller may read. */
  results: z.array(ModelResult),
  /** Whether there are older results. */
  hasMore: z.boolean(),
})).meta({ id: 'ModelReport' });
export type ModelReport = z.infer<typeof ModelReport>;

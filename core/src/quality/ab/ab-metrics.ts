import { z } from 'zod';
import { MetricInfo } from '../evaluators/evaluator.js';
import { lazyStrictObject } from '../../values/lazy-object.js';

/** The metrics of every test. Latency ignores failed runs, because failing quickly is not an improvement. */
export const abMetrics: readonly MetricInfo[] = [
  { name: 'errors', title: 'Failed runs', better: 'lower', unit: 'check' },
  { name: 'ms', title: 'Latency', better: 'lower', unit: 'ms' },
  { name: 'cost', title: 'Cost of a run', better: 'lower', unit: 'USD' },
  { name: 'tokens', title: 'Tokens of a run', better: 'lower', unit: 'tokens' },
  { name: 'feedback', title: 'Feedback', better: 'higher', unit: 'score' },
];

/** The name of a metric: `errors`, `ms`, `cost`, `tokens`, `feedback`, or `score:` followed by the name of a metric of run scores. */
export const AbMetricName = z
  .string()
  .max(110)
  .regex(/^(?:errors|ms|cost|tokens|feedback|score:\S(?:.*\S)?)$/, {
    error: 'errors, ms, cost, tokens, feedback, or score: and the name of a metric of run scores',
  });

/**
 * A metric of a test. Direction and unit of the standard metrics are built in. A score ranges from 0 to 1, and higher is better, unless
 * this says otherwise.
 */
export const AbMetric = lazyStrictObject(() => ({
  name: AbMetricName,
  better: MetricInfo.shape.better.optional(),
  unit: MetricInfo.shape.unit.optional(),
})).meta({ id: 'AbMetric' });
export type AbMetric = z.infer<typeof AbMetric>;

/** Returns name, direction and unit of a metric. */
export function abMetricInfo({ name, better, unit }: AbMetric): MetricInfo {
  const known = abMetrics.find((metric) => metric.name === name);
  if (known !== undefined) return known;
  return { name, title: name.replace(/^score:/, ''), better: better ?? 'higher', unit: unit ?? 'score' };
}

import { z } from 'zod';
import { MetricInfo } from '../evaluators/evaluator.js';
import { lazyStrictObject } from '../../values/lazy-object.js';

/** The figures of every test. Latency leaves failed runs out: a failure that comes fast is not fast. */
export const abMetrics: readonly MetricInfo[] = [
  { name: 'errors', title: 'Failed runs', better: 'lower', unit: 'check' },
  { name: 'ms', title: 'Latency', better: 'lower', unit: 'ms' },
  { name: 'cost', title: 'Cost of a run', better: 'lower', unit: 'USD' },
  { name: 'tokens', title: 'Tokens of a run', better: 'lower', unit: 'tokens' },
  { name: 'feedback', title: 'Feedback', better: 'higher', unit: 'score' },
];

/** The name of a metric: `errors`, `ms`, `cost`, `tokens`, `feedback`, or `score:` and the name of a metric of run scores. */
export const AbMetricName = z
  .string()
  .max(110)
  .regex(/^(?:errors|ms|cost|tokens|feedback|score:\S(?:.*\S)?)$/, {
    error: 'errors, ms, cost, tokens, feedback, or score: and the name of a metric of run scores',
  });

/** A metric of a test. The direction and the unit of the known ones are known; a score is from 0 to 1, and more is better, unless this says otherwise. */
export const AbMetric = lazyStrictObject(() => ({
  name: AbMetricName,
  better: MetricInfo.shape.better.optional(),
  unit: MetricInfo.shape.unit.optional(),
})).meta({ id: 'AbMetric' });
export type AbMetric = z.infer<typeof AbMetric>;

/** What is known of a metric of a test. */
export function abMetricInfo({ name, better, unit }: AbMetric): MetricInfo {
  const known = abMetrics.find((metric) => metric.name === name);
  if (known !== undefined) return known;
  return { name, title: name.replace(/^score:/, ''), better: better ?? 'higher', unit: unit ?? 'score' };
}

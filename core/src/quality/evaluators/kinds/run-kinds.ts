import { z } from 'zod';
import { defineEvaluator, type EvaluatorDefinition, type EvaluatorMetric } from '../define-evaluator.js';
import type { EvaluationSubject } from '../evaluators.js';
import { scoreText } from '../judged-values.js';

/** Creates a metric of the run itself, which a failed run has too. */
const measure = (
  kind: 'latency' | 'cost' | 'tokens',
  about: string,
  metric: EvaluatorMetric,
  read: (subject: EvaluationSubject) => number,
): EvaluatorDefinition =>
  defineEvaluator({
    kind,
    title: metric.title,
    about,
    needs: [],
    config: z.strictObject({}),
    metrics: () => [metric],
    evaluate: ({ subject }) => ({ value: read(subject), explanation: `${scoreText(read(subject))} ${metric.unit}.` }),
  });

/** Latency, cost and tokens. */
export const runKinds: readonly EvaluatorDefinition[] = [
  measure(
    'latency',
    'How long the run took, in milliseconds.',
    { title: 'Latency', better: 'lower', unit: 'ms' },
    ({ ms }) => ms,
  ),
  measure(
    'cost',
    'What the calls of the run cost, in USD.',
    { title: 'Cost', better: 'lower', unit: 'USD' },
    ({ cost }) => cost,
  ),
  measure(
    'tokens',
    'The tokens that the calls of the run read and wrote.',
    { title: 'Tokens', better: 'lower', unit: 'tokens' },
    ({ tokens }) => tokens,
  ),
];

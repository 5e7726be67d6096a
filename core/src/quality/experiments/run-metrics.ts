import type { MetricInfo } from '../evaluators/evaluator.js';

/** The metrics that every experiment measures for its runs. The prefix `run` is reserved for them. */
export const runMetrics: readonly MetricInfo[] = [
  { name: 'run.answered', title: 'Answered', better: 'higher', unit: 'check' },
  { name: 'run.ms', title: 'Latency', better: 'lower', unit: 'ms' },
  { name: 'run.cost', title: 'Cost', better: 'lower', unit: 'USD' },
  { name: 'run.tokens', title: 'Tokens', better: 'lower', unit: 'tokens' },
];

import { z } from 'zod';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A metric that an evaluator gives: how its values are shown and compared. */
export const MetricInfo = lazyObject(() => ({
  /** Unique among the evaluators of an experiment, such as `rouge-l` or `judge.helpful`. */
  name: z.string().min(1).max(100),
  title: z.string().min(1).max(100),
  /** Which of two values is better. */
  better: z.enum(['higher', 'lower']),
  /** Scores and checks are from 0 to 1. A check is passed (1) or failed (0). */
  unit: z.enum(['score', 'check', 'ms', 'tokens', 'USD']),
})).meta({ id: 'MetricInfo' });
export type MetricInfo = z.infer<typeof MetricInfo>;

/** An evaluator as an experiment holds it. The schema of `config` belongs to the kind. */
export const EvaluatorSetup = lazyStrictObject(() => ({
  /** Such as `exact`, `rouge`, `groundedness`, `judge`. */
  kind: z.string().min(1).max(60),
  /** The name of its metric, by default the kind. Evaluators with several metrics put it before a dot. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, {
      error: 'Lower-case letters, digits and -, at most 60, starting with a letter',
    })
    .optional(),
  /** The output that it judges: by default the first one of the workflow. */
  output: z.string().min(1).max(200).optional(),
  config: z.record(z.string(), z.unknown()).default({}),
})).meta({ id: 'EvaluatorSetup' });
export type EvaluatorSetup = z.infer<typeof EvaluatorSetup>;

/** What an evaluator says of one answer by one metric. */
export const Evaluation = lazyObject(() => ({
  metric: z.string(),
  /** A finite number in the unit of the metric; missing where the answer could not be judged. Missing is not 0. */
  value: z.number().optional(),
  /** Why, in one sentence for people. */
  explanation: z.string(),
  /** Why there is no value. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** What judging cost, in USD. */
  cost: z.number().nonnegative().default(0),
  tokens: z.int().nonnegative().default(0),
  ms: z.number().nonnegative().default(0),
  /** Figures and texts behind the value: precision and recall, sentences, the reply of a judge. */
  details: z.record(z.string(), z.unknown()).optional(),
})).meta({ id: 'Evaluation' });
export type Evaluation = z.infer<typeof Evaluation>;

import { z } from 'zod';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** A metric of an evaluator: how its values are shown and compared. */
export const MetricInfo = lazyObject(() => ({
  /** Unique within an experiment, such as `rouge-l` or `judge.helpful`. */
  name: z.string().min(1).max(100),
  title: z.string().min(1).max(100),
  better: z.enum(['higher', 'lower']),
  /** Scores and checks range from 0 to 1; a check is either 1 (passed) or 0 (failed). */
  unit: z.enum(['score', 'check', 'ms', 'tokens', 'USD']),
})).meta({ id: 'MetricInfo' });
export type MetricInfo = z.infer<typeof MetricInfo>;

/** An evaluator of an experiment. Its kind defines the schema of `config`. */
export const EvaluatorSetup = lazyStrictObject(() => ({
  /** Such as `exact`, `rouge`, `groundedness`, `judge`. */
  kind: z.string().min(1).max(60),
  /** The name of its metric. Default: the kind. For evaluators with several metrics, it is the prefix before a dot. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, {
      error: 'Lower-case letters, digits and -, at most 60, starting with a letter',
    })
    .optional(),
  /** The output to judge. Default: the first output of the workflow. */
  output: z.string().min(1).max(200).optional(),
  config: z.record(z.string(), z.unknown()).default({}),
})).meta({ id: 'EvaluatorSetup' });
export type EvaluatorSetup = z.infer<typeof EvaluatorSetup>;

/** An evaluator's result for one answer and one metric. */
export const Evaluation = lazyObject(() => ({
  metric: z.string(),
  /** A finite number in the unit of the metric; missing if the answer could not be judged. A missing value is not 0. */
  value: z.number().optional(),
  explanation: z.string(),
  /** Why there is no value. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Cost of the evaluation, in USD. */
  cost: z.number().nonnegative().default(0),
  tokens: z.int().nonnegative().default(0),
  ms: z.number().nonnegative().default(0),
  /** Details behind the value, such as precision and recall, sentences, or the reply of a judge. */
  details: z.record(z.string(), z.unknown()).optional(),
})).meta({ id: 'Evaluation' });
export type Evaluation = z.infer<typeof Evaluation>;

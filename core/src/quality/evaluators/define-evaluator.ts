import type { z } from 'zod';
import type { ErrorCode } from '../../errors/codes.js';
import type { Label } from '../../labels/label.js';
import type { NodeReference } from '../../node/node-definition.js';
import type { ResourceArguments, ResourceMap } from '../../ports/resources.js';
import type { PatternMatcher } from '../metrics/index.js';
import type { MetricInfo } from './evaluator.js';
import type { EvaluationSubject } from './evaluators.js';

/**
 * Resources that an evaluator may use. No model gets data above its clearance, and each call is checked against grants, kill switches and
 * budgets.
 */
type EvaluatorResource = 'languageModel' | 'embedder' | 'classifier' | 'sandbox';

/** The outputs of a workflow that judged an answer. */
export interface JudgedByWorkflow {
  readonly runId: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Everything that a running evaluator can access. */
export interface EvaluatorContext {
  readonly signal: AbortSignal;
  /** Matches a pattern and stops if this takes too long. */
  readonly match: PatternMatcher;
  /** Lets other work run; call it between long computations. */
  pause(): Promise<void>;
  /**
   * Errors: `resource_unavailable`, and those of the resource. Calls of a resource throw `label_refused`, `budget_exceeded`, `kill_switch`.
   */
  use<Kind extends EvaluatorResource>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /** Runs the published version of a workflow with the rights of the caller. Errors: those of the run. */
  runWorkflow(
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
    options: { readonly timeoutMs: number },
  ): Promise<JudgedByWorkflow>;
}

/** The input of an evaluator. `answer` is the output to judge. */
export interface Judged {
  readonly subject: EvaluationSubject;
  readonly answer: unknown;
  /** All correct answers; empty if the row has none. */
  readonly expected: readonly unknown[];
  readonly label: Label;
}

/** A value for one metric, or the reason why there is none. */
export type Finding = {
  /** For evaluators with several metrics: the part of the metric's name after the dot. */
  readonly metric?: string;
  readonly explanation: string;
  readonly details?: Readonly<Record<string, unknown>>;
} & (
  | { readonly value: number; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: { readonly code: ErrorCode; readonly message: string } }
);

/** A metric of an evaluator. */
export interface EvaluatorMetric extends Pick<MetricInfo, 'title' | 'better' | 'unit'> {
  /** The part of the name after the dot; missing if it is the only metric. */
  readonly name?: string;
}

/**
 * Data that a row or run must have before an evaluator can judge it. All needs except `expected` and `references` require a run that did
 * not fail.
 */
export type EvaluatorNeed = 'answer' | 'expected' | 'references' | 'passages' | 'run';

/** A kind of evaluator: data and one function. Create it with `defineEvaluator`. */
export interface EvaluatorDefinition<Config = unknown> {
  readonly kind: string;
  readonly title: string;
  /** Says in one sentence what it measures. */
  readonly about: string;
  /** Where the definition comes from, for example a paper. */
  readonly source?: string;
  /** If the answer or another needed part is missing, the evaluation has no value and an error says why. */
  readonly needs: readonly EvaluatorNeed[];
  readonly config: z.ZodType<Config>;
  metrics(config: Config): readonly EvaluatorMetric[];
  /** Returns the models and workflows that a config refers to, for the check of grants. */
  references?(config: Config): readonly NodeReference[];
  /** Increase it when the same config judges differently than before, for example because of a new prompt. */
  readonly version?: number;
  /** Returns the number of levels of its scores, for the comparison with people. Default: 2 for checks, otherwise 5. */
  levels?(config: Config): number;
  /** Returns problems that the schema cannot find, by field. */
  check?(config: Config): readonly { readonly field: string; readonly message: string }[];
  evaluate(
    judged: Judged,
    config: Config,
    context: EvaluatorContext,
  ): Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;
}

/**
 * Defines a kind of evaluator; the type of its config is inferred from the schema.
 *
 * @example defineEvaluator({ kind: 'exact', config: z.object({}), … })
 */
export function defineEvaluator<Schema extends z.ZodType>(
  definition: Omit<EvaluatorDefinition<z.infer<Schema>>, 'config'> & { readonly config: Schema },
): EvaluatorDefinition {
  // A catalog contains kinds with different configs; each kind only receives configs that its own schema parsed.
  return definition;
}

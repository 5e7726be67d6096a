import type { z } from 'zod';
import type { ErrorCode } from '../../errors/codes.js';
import type { Label } from '../../labels/label.js';
import type { NodeReference } from '../../node/node-definition.js';
import type { ResourceArguments, ResourceMap } from '../../ports/resources.js';
import type { PatternMatcher } from '../metrics/index.js';
import type { MetricInfo } from './evaluator.js';
import type { EvaluationSubject } from './evaluators.js';

/** What an evaluator may use. Models get nothing above their clearance, and each call is admitted by rights, kill switches and budgets. */
type EvaluatorResource = 'languageModel' | 'embedder' | 'classifier' | 'sandbox';

/** The outputs of a workflow that judged an answer. */
export interface JudgedByWorkflow {
  readonly runId: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Everything that a running evaluator can access. */
export interface EvaluatorContext {
  readonly signal: AbortSignal;
  /** Matches a pattern, and gives up when it takes too long. */
  readonly match: PatternMatcher;
  /** Lets other work go on between two long computations. */
  pause(): Promise<void>;
  /** Errors: `resource_unavailable`, and those of the resource. A call throws `label_refused`, `budget_exceeded`, `kill_switch`. */
  use<Kind extends EvaluatorResource>(kind: Kind, ...args: ResourceArguments<Kind>): Promise<ResourceMap[Kind]>;
  /** Runs the published version of a workflow with the rights of the caller. Errors: those of the run. */
  runWorkflow(
    workflow: string,
    inputs: Readonly<Record<string, unknown>>,
    options: { readonly timeoutMs: number },
  ): Promise<JudgedByWorkflow>;
}

/** What an evaluator reads. `answer` is the output that it judges. */
export interface Judged {
  readonly subject: EvaluationSubject;
  readonly answer: unknown;
  /** The right answers; empty where the row has none. */
  readonly expected: readonly unknown[];
  readonly label: Label;
}

/** A value by one metric, or why there is none. */
export type Finding = {
  /** The part of the name after the dot, for evaluators with several metrics. */
  readonly metric?: string;
  /** Why, in one sentence for people. */
  readonly explanation: string;
  readonly details?: Readonly<Record<string, unknown>>;
} & (
  | { readonly value: number; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: { readonly code: ErrorCode; readonly message: string } }
);

/** A metric of an evaluator. */
export interface EvaluatorMetric extends Pick<MetricInfo, 'title' | 'better' | 'unit'> {
  /** The part of the name after the dot; missing where it is the only metric. */
  readonly name?: string;
}

/** What a row or run must have, so that an evaluator can judge it. All but `expected` and `references` need a run that did not fail. */
export type EvaluatorNeed = 'answer' | 'expected' | 'references' | 'passages' | 'run';

/** A kind of evaluator: data and one function. Write it with `defineEvaluator`. */
export interface EvaluatorDefinition<Config = unknown> {
  readonly kind: string;
  readonly title: string;
  /** One sentence: what it measures. */
  readonly about: string;
  /** Where the definition comes from, such as a paper. */
  readonly source?: string;
  /** Without an answer or what else it needs, there is no value: an error says why. */
  readonly needs: readonly EvaluatorNeed[];
  readonly config: z.ZodType<Config>;
  metrics(config: Config): readonly EvaluatorMetric[];
  /** The models and workflows of a config, for the check of rights. */
  references?(config: Config): readonly NodeReference[];
  /** Changes when an equal config judges in another way, such as by a new prompt. */
  readonly version?: number;
  /** How many levels its scores have, for the comparison with people. Default: 2 for checks, else 5. */
  levels?(config: Config): number;
  /** Problems that the schema does not show, by field. */
  check?(config: Config): readonly { readonly field: string; readonly message: string }[];
  evaluate(
    judged: Judged,
    config: Config,
    context: EvaluatorContext,
  ): Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;
}

/**
 * Defines a kind of evaluator; the type of its config follows from the schema.
 *
 * @example defineEvaluator({ kind: 'exact', config: z.object({}), … })
 */
export function defineEvaluator<Schema extends z.ZodType>(
  definition: Omit<EvaluatorDefinition<z.infer<Schema>>, 'config'> & { readonly config: Schema },
): EvaluatorDefinition {
  // A catalog holds kinds with different configs: each one gets only what its own schema parsed.
  return definition;
}

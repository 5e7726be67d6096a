import type { Principal } from '../../access/principal.js';
import type { Label } from '../../labels/label.js';
import type { ReferencePassage } from '../datasets/dataset.js';
import type { Evaluation, EvaluatorSetup, MetricInfo } from './evaluator.js';

/** A passage that a run retrieved, best first. */
export interface RetrievedPassage {
  readonly document: string;
  readonly text: string;
  readonly score?: number;
}

/** A tool call that a run made. */
export interface MadeToolCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** The input of an evaluation: a row, and the run that answered it. */
export interface EvaluationSubject {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** By name. Empty if the run failed. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly expected?: unknown;
  readonly references?: readonly ReferencePassage[];
  readonly passages: readonly RetrievedPassage[];
  readonly toolCalls: readonly MadeToolCall[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly ms: number;
  /** In USD. */
  readonly cost: number;
  readonly tokens: number;
  /** The strictest label of the row and of all values of the run. Models with a lower clearance must not judge it. */
  readonly label: Label;
  readonly runId?: string;
}

/** The caller and the budget of an evaluation. */
export interface EvaluationScope {
  readonly project: string;
  /** A judge can use only what this principal and the project may use. */
  readonly principal: Principal;
  readonly signal: AbortSignal;
  /** Remaining budget of this evaluation, in USD. A judge call that would exceed it fails with `budget_exceeded`. */
  readonly budget?: number;
}

/** Judges answers. */
export interface Evaluators {
  /** Errors: `evaluator_invalid` names the evaluator and the field, or two metrics with the same name. */
  check(setups: readonly EvaluatorSetup[], scope: Pick<EvaluationScope, 'project' | 'principal'>): Promise<void>;
  /** Returns the metrics of the evaluators, in order. Errors: `evaluator_invalid`. */
  metricsOf(setups: readonly EvaluatorSetup[]): readonly MetricInfo[];
  /**
   * Judges one answer with all evaluators, in parallel where possible. An evaluator that fails returns an evaluation with an error and does
   * not affect the others. Throws only if the signal aborts.
   */
  evaluate(
    setups: readonly EvaluatorSetup[],
    subject: EvaluationSubject,
    scope: EvaluationScope,
  ): Promise<readonly Evaluation[]>;
}

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

/** A call of a tool that a run made. */
export interface MadeToolCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** What an evaluator looks at: a row, and the run that answered it. */
export interface EvaluationSubject {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** By name. Empty where the run failed. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly expected?: unknown;
  readonly references?: readonly ReferencePassage[];
  readonly passages: readonly RetrievedPassage[];
  readonly toolCalls: readonly MadeToolCall[];
  /** Why the run gave no answer. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly ms: number;
  /** In USD. */
  readonly cost: number;
  readonly tokens: number;
  /** The strictest label of the row and of all values of the run: nothing may judge it that is cleared for less. */
  readonly label: Label;
  readonly runId?: string;
}

/** For whom answers are judged, and what judging may cost. */
export interface EvaluationScope {
  readonly project: string;
  /** A judge reaches only what this principal and the project may use. */
  readonly principal: Principal;
  readonly signal: AbortSignal;
  /** What this evaluation may still cost, in USD. A judge that would cost more is not asked: `budget_exceeded`. */
  readonly budget?: number;
}

/** Judges answers. */
export interface Evaluators {
  /** Errors: `evaluator_invalid` names the evaluator and the field; also where two metrics have the same name. */
  check(setups: readonly EvaluatorSetup[], scope: Pick<EvaluationScope, 'project' | 'principal'>): Promise<void>;
  /** The metrics that evaluators give, in order. Errors: `evaluator_invalid`. */
  metricsOf(setups: readonly EvaluatorSetup[]): readonly MetricInfo[];
  /**
   * Judges one answer by all evaluators, which run side by side where they can. An evaluator that fails gives an evaluation with an error, so
   * one never takes the others down. Throws only when the signal aborts.
   */
  evaluate(
    setups: readonly EvaluatorSetup[],
    subject: EvaluationSubject,
    scope: EvaluationScope,
  ): Promise<readonly Evaluation[]>;
}

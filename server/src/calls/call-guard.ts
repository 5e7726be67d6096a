import type { CallScope, ErrorValue, GuardedWrite, LabelledValue, ModelPrice, Usage } from '@heddle/core';

/** A call that leaves a node, before it is made. */
export interface PlannedCall {
  readonly kind: 'generate' | 'embed' | 'rerank' | 'classify' | 'network' | 'tool';
  /** Model id, host name or tool name. */
  readonly subject: string;
  /** For remote models and tools: the connection or server. */
  readonly connection: string | undefined;
  readonly isLocal: boolean;
  /** Upper bounds of input and output tokens; 0 where there are none. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of a reranker: an upper bound of the searches that its provider counts. */
  readonly searches?: number;
  readonly price: ModelPrice | undefined;
  /** How long it may take, where that is longer than for most calls. */
  readonly heldMs?: number;
}

/** How a call went. */
export interface CallOutcome {
  readonly usage: Usage | undefined;
  /** Bytes of text and tool calls of a model; undefined for calls without such output. */
  readonly outputBytes?: number;
  /** Milliseconds. */
  readonly ms: number;
  readonly error: ErrorValue | undefined;
  /** Kept or lost together with what budgets count: such as the mark that it is counted. */
  readonly alongside?: readonly GuardedWrite[];
}

/** Receives the result of an admitted call, exactly once. */
export type SettleCall = (outcome: CallOutcome) => void | Promise<void>;

/**
 * Decides before a call whether it is made: budgets, kill switches. It throws to refuse: `budget_exceeded`, `stopped`, … Guards are
 * asked in order; when one refuses, the ones before it receive a failed call.
 */
export interface CallGuard {
  admit(call: PlannedCall, scope: CallScope): Promise<SettleCall | undefined>;
}

/** The content of a call, by hash, for observers that keep content apart from records. */
export interface CallContent {
  readonly runId: string;
  readonly hash: string;
  readonly label: LabelledValue['label'];
  readonly text: string;
}

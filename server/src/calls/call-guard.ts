import type { CallScope, ErrorValue, GuardedWrite, LabelledValue, ModelPrice, Usage } from '@heddle/core';

/** A call that a node is about to make to something outside it. */
export interface PlannedCall {
  readonly kind: 'generate' | 'embed' | 'rerank' | 'classify' | 'network' | 'tool';
  /** The model id, host name or tool name. */
  readonly subject: string;
  /** For remote models and tools: the connection or the tool server. */
  readonly connection: string | undefined;
  readonly isLocal: boolean;
  /** Upper bounds of input and output tokens; 0 if the call has none. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** For a reranker: an upper bound of the searches that its provider counts. */
  readonly searches?: number;
  readonly price: ModelPrice | undefined;
  /** How long the call may take, if that is longer than usual. */
  readonly reservationMs?: number;
}

/** The result of a call. */
export interface CallOutcome {
  readonly usage: Usage | undefined;
  /** Bytes of text and tool calls from a model; undefined for calls without such output. */
  readonly outputBytes?: number;
  readonly ms: number;
  readonly error: ErrorValue | undefined;
  /** Writes that are committed together with what budgets count, such as the mark that the call was counted. */
  readonly alongside?: readonly GuardedWrite[];
}

/** Receives the result of an admitted call, exactly once. */
export type SettleCall = (outcome: CallOutcome) => void | Promise<void>;

/**
 * Decides before a call whether it may be made: budgets, kill switches. It refuses by throwing: `budget_exceeded`, `stopped`, … Guards are
 * asked in order; if one refuses, the ones before it are told that the call failed.
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

import type { CallScope, ErrorValue, LabelledValue, ModelPrice, RunEvent, Usage } from '@heddle/core';

/** A call that leaves a node, before it is made. */
export interface PlannedCall {
  readonly kind: 'generate' | 'embed' | 'rerank' | 'classify' | 'network' | 'tool';
  /** Model id, host name or tool name. */
  readonly subject: string;
  /** Of remote models and tools: what it goes through. */
  readonly connection: string | undefined;
  readonly isLocal: boolean;
  /** A bound of the tokens that go in, and the most that may come out. 0 where it has none. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly price: ModelPrice | undefined;
}

/** How a call went. */
export interface CallOutcome {
  readonly usage: Usage | undefined;
  /** Bytes of text and tool calls that a model gave; left out where nothing of the kind comes back. */
  readonly outputBytes?: number;
  /** Milliseconds. */
  readonly ms: number;
  readonly error: ErrorValue | undefined;
}

/** Hears how an admitted call went; exactly once. */
export type SettleCall = (outcome: CallOutcome) => void;

/**
 * Decides before a call whether it is made: budgets, kill switches. It throws to refuse: `budget_exceeded`, `stopped`, … Guards
 * are asked in order; when one refuses, the ones before it hear of it as a failed call.
 */
export interface CallGuard {
  admit(call: PlannedCall, scope: CallScope): Promise<SettleCall | undefined>;
}

/** What was sent and what came back, by hash, for those who keep content apart from records. */
export interface CallContent {
  readonly runId: string;
  readonly hash: string;
  readonly label: LabelledValue['label'];
  readonly text: string;
}

export type ModelCallEvent = Extract<RunEvent, { type: 'model-call' }>;

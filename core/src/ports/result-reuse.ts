import type { LabelledValue } from '../events/events.js';
import type { PlanNode } from '../plan/plan.js';
import type { RunAcceptance } from './journal.js';

/** The cost of computing a result, which a reuse saves. */
export interface SavedWork {
  readonly ms: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In `currency`. */
  readonly cost: number;
  readonly currency?: string;
}

/** A result that an earlier run computed. */
export interface StoredResult {
  readonly run: string;
  readonly outputs: Readonly<Record<string, LabelledValue>>;
  readonly saved: SavedWork;
}

/** Results that the runs of one experiment reuse from each other. The promises never reject. */
export interface SharedResults {
  /** `meaning`: hash of what the node does; `inputs`: hash of its inputs with their labels. */
  find(node: PlanNode, meaning: string, inputs: string): Promise<StoredResult | undefined>;
  keep(node: PlanNode, meaning: string, inputs: string, result: StoredResult): Promise<void>;
  shares(node: PlanNode): boolean;
}

/** Finds the shared results for a run. Resolves to undefined if the run shares none; returns undefined without a promise if it cannot share any. */
export interface ResultReuse {
  of(acceptance: RunAcceptance): Promise<SharedResults | undefined> | undefined;
}

import type { LabelledValue } from '../events/events.js';
import type { PlanNode } from '../plan/plan.js';
import type { RunAcceptance } from './journal.js';

/** The cost of computing a result, which reusing it saves. */
export interface SavedWork {
  readonly ms: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In `currency`. */
  readonly cost: number;
  readonly currency?: string;
}

/** A result of another run. */
export interface KeptResult {
  /** The run that computed it. */
  readonly run: string;
  readonly outputs: Readonly<Record<string, LabelledValue>>;
  readonly saved: SavedWork;
}

/** Results that runs of one experiment take over from each other. No promise rejects. */
export interface SharedResults {
  /** `meaning`: hash of what the node does; `inputs`: hash of its inputs with their labels. */
  find(node: PlanNode, meaning: string, inputs: string): Promise<KeptResult | undefined>;
  keep(node: PlanNode, meaning: string, inputs: string, result: KeptResult): Promise<void>;
  /** Whether the results of a node may be shared at all. */
  shares(node: PlanNode): boolean;
}

/** Where results of runs are shared: undefined for a run that shares none, and no promise for a run that cannot share. */
export interface ResultReuse {
  of(acceptance: RunAcceptance): Promise<SharedResults | undefined> | undefined;
}

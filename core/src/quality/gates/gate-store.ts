import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { GateRule } from './gate.js';

/** The stored gate rules of a project. */
export interface StoredGate {
  readonly project: string;
  readonly rules: readonly GateRule[];
  readonly revision: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** What a result depends on, besides the draft. */
export interface GateBasis {
  readonly datasetVersion?: number;
  readonly baseline?: number;
  /** SHA-256 of everything that the evaluators refer to. */
  readonly evaluators?: string;
  /** SHA-256 of the tests. */
  readonly tests?: string;
}

/** An experiment, a replay or a test run that was started for a rule. */
export interface GateCheck {
  readonly workflow: string;
  /** SHA-256 of what is run. Rules that differ only in their limits share the same work. */
  readonly work: string;
  /** SHA-256 of the draft. */
  readonly hash: string;
  readonly basis: GateBasis;
  /** Id of the experiment or the replay. */
  readonly reference: string;
  /** JSON of the report; only for tests. */
  readonly result?: string;
  readonly createdAt: number;
}

/** Stores the gate rules of projects and the checks that were started for them. */
export interface GateStore {
  /** Undefined until the rules are first changed. */
  get(project: string): Promise<StoredGate | undefined>;
  /**
   * Returns the next state of a gate with its writes. Errors: `conflict` if the gate's revision is not `base`; of the commit: `conflict` if
   * another person was faster.
   */
  set(
    gate: Omit<StoredGate, 'revision'>,
    base: number | undefined,
  ): Promise<{ readonly gate: StoredGate; readonly writes: readonly GuardedWrite[] }>;
  /** Returns the latest checks, newest first; older ones are not kept. */
  checks(workflow: string, work: string): Promise<readonly GateCheck[]>;
  addCheck(check: GateCheck): Promise<void>;
}

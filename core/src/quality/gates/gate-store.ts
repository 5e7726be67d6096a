import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { GateRule } from './gate.js';

/** The stored rules of a project. */
export interface StoredGate {
  readonly project: string;
  readonly rules: readonly GateRule[];
  readonly revision: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** What a result depends on besides the draft. */
export interface GateBasis {
  readonly datasetVersion?: number;
  /** The version that the draft is compared with. */
  readonly baseline?: number;
  /** SHA-256 of what the evaluators refer to. */
  readonly evaluators?: string;
  /** SHA-256 of the tests. */
  readonly tests?: string;
}

/** Something that was started for a rule: an experiment, a replay or the tests. */
export interface GateCheck {
  readonly workflow: string;
  /** SHA-256 of what runs: rules that differ only in their limits share it. */
  readonly work: string;
  /** SHA-256 of the draft. */
  readonly hash: string;
  readonly basis: GateBasis;
  /** Id of the experiment or the replay. */
  readonly reference: string;
  /** JSON of the report, for tests. */
  readonly result?: string;
  readonly createdAt: number;
}

/** Rules of projects, and what was started for them. */
export interface GateStore {
  /** Undefined before the first change. */
  get(project: string): Promise<StoredGate | undefined>;
  /**
   * The next state of a gate with its writes. Errors: `conflict` where the gate is at another revision than `base`; of the commit: `conflict` where another
   * person was quicker.
   */
  set(
    gate: Omit<StoredGate, 'revision'>,
    base: number | undefined,
  ): Promise<{ readonly gate: StoredGate; readonly writes: readonly GuardedWrite[] }>;
  /** Newest first; only the latest ones are kept. */
  checks(workflow: string, work: string): Promise<readonly GateCheck[]>;
  addCheck(check: GateCheck): Promise<void>;
}
